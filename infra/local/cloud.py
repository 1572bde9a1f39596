"""The local cloud: ministack with template.yaml deployed in it, and stand-ins for Stripe and CloudFront.

A cloud keeps its log, its unpacked functions and their environment in .local/<port>/, so several can run at once.
Where it differs from AWS, a comment gives the reason.
"""

import contextlib
import io
import json
import os
import pathlib
import re
import shlex
import shutil
import signal
import string
import subprocess
import sys
import time
import urllib.request
import uuid
import zipfile

import distribution
import web
from project import HERE, LOCAL, ROOT, TARGET, fail, run, step

STACK = "kontor"
REGION = "eu-west-1"
WEBHOOK_SECRET = "whsec_local"
# What ends a cloud: Ctrl-C, kill, and a closed terminal.
ENDS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# Every port of this machine, because a storefront in development may use any of them, also with HTTPS.
HOSTS = ("localhost", "127.0.0.1", "[::1]")
ORIGINS = ",".join(f"{scheme}://{host}{port}" for host in HOSTS for scheme in ("http", "https") for port in ("", ":*"))


class Cloud:
    """A running ministack with the stack deployed in it."""

    def __init__(self, port, stripe_port, origin, binaries, web_port, domain):
        self.port = port
        self.stripe_port = stripe_port
        self.web_port = web_port
        self.domain = domain
        # Pages, API and pictures at one address, if there is one.
        self.web = web_port and f"http://127.0.0.1:{web_port}"
        self.origin = self.web or origin
        self.binaries = binaries
        self.url = f"http://127.0.0.1:{port}"
        self.api = f"{self.url}/_aws/execute-api/kontor/$default"
        self.live = f"{self.url}/_aws/execute-api/kontor-live/live"
        self.stripe = f"http://127.0.0.1:{stripe_port}"
        self.processes = []
        self.folder = LOCAL / str(port)
        # The functions, and what ministack unpacks.
        self.temporary = self.folder / "tmp"
        self.log = self.folder / "log"
        self.variables = self.folder / "env"

    def environment(self):
        """The variables that every AWS client needs to find this cloud, here and in the functions."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "000000000000",
            "AWS_SECRET_ACCESS_KEY": "local",
        }

    def client(self, service):
        import boto3

        keys = {"aws_access_key_id": "000000000000", "aws_secret_access_key": "local"}
        return boto3.client(service, endpoint_url=self.url, region_name=REGION, **keys)

    def start(self):
        shutil.rmtree(self.temporary, ignore_errors=True)
        self.temporary.mkdir(parents=True)
        webhook = f"{self.api}/api/v1/payments/webhook"
        command = [TARGET / "debug/stripe-stand-in", f"127.0.0.1:{self.stripe_port}", webhook, WEBHOOK_SECRET]
        self.processes.append(subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True))
        settings = {
            "AUTH": "true",
            "BIND_HOST": "127.0.0.1",
            "GATEWAY_PORT": str(self.port),
            "MINISTACK_REGION": REGION,
            "LAMBDA_EXECUTOR": "local",
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
        }
        process = subprocess.Popen(
            [sys.executable, HERE / "start_ministack.py"],
            env={**os.environ, **self.environment(), **settings, "TMPDIR": str(self.temporary)},
            stdout=self.log.open("w"),
            stderr=subprocess.STDOUT,
            cwd=self.folder,
            # Its own process group, so that its functions are stopped with it.
            start_new_session=True,
        )
        self.processes.append(process)
        self.ministack = process
        # This takes as long as ministack takes to start.
        self.template = read_template()
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            if process.poll() is not None:
                break
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"{self.url}/_ministack/health", timeout=1).read()
                return
            time.sleep(0.1)
        fail(f"the local cloud did not start; its log: {self.log}")

    def stop(self):
        for process in self.processes:
            for how in (signal.SIGTERM, signal.SIGKILL):
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, how)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(timeout=5)
                    if how == signal.SIGKILL or not group_lives(process.pid):
                        break
        shutil.rmtree(self.temporary, ignore_errors=True)

    def wait(self):
        self.ministack.wait()

    def deploy(self):
        """Deploys template.yaml with binaries of this machine."""
        import botocore.exceptions

        template = self.template
        s3 = self.client("s3")
        bucket = f"{STACK}-files-000000000000"
        s3.create_bucket(Bucket="artifacts", CreateBucketConfiguration={"LocationConstraint": REGION})
        # ministack has no metric math, and alarms are not needed here.
        alarms = [name for name, resource in template["Resources"].items() if "Metrics" in resource.get("Properties", {})]
        for name in alarms:
            del template["Resources"][name]
        # ministack serves a WebSocket API without a deployment, and answers by every route.
        undeployable = ("AWS::ApiGatewayV2::Deployment", "AWS::ApiGatewayV2::RouteResponse")
        for name in [name for name, resource in template["Resources"].items() if resource["Type"] in undeployable]:
            del template["Resources"][name]
        del template["Resources"]["LiveStage"]["Properties"]["DeploymentId"]
        if not self.web:
            # Nobody opens pages of a cloud without the distribution.
            del template["Resources"]["PublishedPages"]
        functions = []
        for resource in template["Resources"].values():
            if resource["Type"] == "AWS::S3::BucketPolicy":
                # There is no TLS here.
                document = resource["Properties"]["PolicyDocument"]
                document["Statement"] = [one for one in document["Statement"] if "SecureTransport" not in str(one)]
            if resource["Type"] == "AWS::SecretsManager::Secret" and "ExcludePunctuation" in str(resource):
                # ministack knows only the long form.
                resource["Properties"]["GenerateSecretString"]["ExcludeCharacters"] = string.punctuation
            if resource["Type"] == "AWS::CloudFront::ResponseHeadersPolicy":
                self.adapt_policy(resource["Properties"]["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]["ContentSecurityPolicy"])
            if resource["Type"] == "AWS::Serverless::Function":
                name = pathlib.PurePath(resource["Properties"]["CodeUri"]).name
                functions.append(name)
                resource["Properties"]["CodeUri"] = {"Bucket": "artifacts", "Key": f"{name}.zip"}
                adapt(resource["Properties"]["Policies"])
                variables = resource["Properties"].get("Environment", {}).get("Variables", {})
                if "UPLOAD_URL" in variables:
                    # On AWS a bucket has its own host name, which does not resolve here.
                    variables["UPLOAD_URL"] = f"{self.url}/{bucket}"
                # So has an API.
                if "LIVE_URL" in variables:
                    variables["LIVE_URL"] = (f"{self.web}/live" if self.web else self.live).replace("http://", "ws://")
                if "LIVE_ENDPOINT" in variables:
                    variables["LIVE_ENDPOINT"] = self.live
        for name in functions:
            s3.put_object(Bucket="artifacts", Key=f"{name}.zip", Body=self.package(name))
        parameters = {
            "ApiUrl": self.web or self.api,
            "ShopUrl": self.origin,
            "ImprintUrl": "https://example.com/imprint",
            "TermsUrl": "https://example.com/terms",
            "PrivacyUrl": "https://example.com/privacy",
            "AllowedOrigins": ORIGINS,
            "ImagesUrl": f"{self.web or f'{self.url}/{bucket}'}/public",
            "StripeUrl": self.stripe,
            "StripePublishableKey": "pk_test_local",
            # The stand-in is VIES too.
            "ShopVatNumber": "DE123456789",
            "VatCheckUrl": f"{self.stripe}/vies/rest-api",
            "PaymentMethods": "checkout_session,payment_intent,cash_on_delivery",
            "MailFrom": "shop@example.com",
            "StaffMail": "staff@example.com",
            # People who try the shop sign in as staff with a password.
            "StaffTwoFactor": "optional",
            # An endpoint on this machine gets events.
            "WebhookReach": "any",
            "AuditArchive": "GOVERNANCE",
            "Architecture": "x86_64" if os.uname().machine == "x86_64" else "arm64",
        }
        if self.domain:
            parameters |= {"DomainName": self.domain, "CertificateArn": f"arn:aws:acm:us-east-1:000000000000:certificate/{uuid.uuid4()}"}
        s3.put_object(Bucket="artifacts", Key="template.json", Body=json.dumps(template, default=str))
        cloudformation = self.client("cloudformation")
        cloudformation.create_stack(
            StackName=STACK,
            TemplateURL=f"{self.url}/artifacts/template.json",
            Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
            Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
        )
        try:
            waiter = cloudformation.get_waiter("stack_create_complete")
            waiter.wait(StackName=STACK, WaiterConfig={"Delay": 0.1, "MaxAttempts": 1200})
        except botocore.exceptions.WaiterError:
            events = cloudformation.describe_stack_events(StackName=STACK)["StackEvents"]
            reasons = [f"{e['LogicalResourceId']}: {e['ResourceStatusReason']}" for e in events if e.get("ResourceStatusReason")]
            fail("the stack was not deployed:\n  " + "\n  ".join(reasons))
        outputs = cloudformation.describe_stacks(StackName=STACK)["Stacks"][0]["Outputs"]
        ids = {output["OutputKey"]: output["OutputValue"] for output in outputs}
        secrets = {"StripeKeySecretId": "sk_test_local", "StripeWebhookSecretId": WEBHOOK_SECRET}
        for output, secret in secrets.items():
            self.client("secretsmanager").put_secret_value(SecretId=ids[output], SecretString=secret)
        # ministack loses the object lock of a template.
        lock = {"Mode": parameters["AuditArchive"], "Days": 1}
        configuration = {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": lock}}
        s3.put_object_lock_configuration(Bucket=ids["AuditArchiveBucket"], ObjectLockConfiguration=configuration)
        # ministack loses the CORS configuration of a template; AWS does not.
        cors = dict(template["Resources"]["Api"]["Properties"]["CorsConfiguration"]["Fn::If"][1])
        cors["AllowOrigins"] = parameters["AllowedOrigins"].split(",")
        self.client("apigatewayv2").update_api(ApiId="kontor", CorsConfiguration=cors)
        # ministack reports SES feedback for an identity, not for a configuration set.
        resource = cloudformation.describe_stack_resource(StackName=STACK, LogicalResourceId="MailFeedbackTopic")
        topic = resource["StackResourceDetail"]["PhysicalResourceId"]
        ses = self.client("ses")
        ses.verify_email_identity(EmailAddress=parameters["MailFrom"])
        for kind in ("Bounce", "Complaint"):
            ses.set_identity_notification_topic(Identity=parameters["MailFrom"], NotificationType=kind, SnsTopic=topic)
        self.write_variables()
        self.outputs = ids
        if self.web:
            self.processes.append(distribution.start(self, ids))

    def package(self, name):
        """The zip of a function. Its bootstrap runs the binary from outside, because to copy all binaries, a gigabyte, takes longer
        than the rest of a deployment. That of the publisher has the pages too, if somebody opens them."""
        binary = self.temporary / name
        # A binary that is built again is another file, so this one stays as it is.
        hard_link(self.binaries / name, binary)
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w") as package:
            bootstrap = zipfile.ZipInfo("bootstrap")
            bootstrap.external_attr = 0o755 << 16
            package.writestr(bootstrap, f"#!/bin/sh\nexec {shlex.quote(str(binary))}\n")
            if name == "publisher" and self.web:
                for key, path in web.files().items():
                    package.write(path, f"{web.PAGES}/{key}")
        return content.getvalue()

    def adapt_policy(self, policy):
        """Pages of this machine upload files here."""
        if "Fn::Sub" in policy["ContentSecurityPolicy"]:
            text, values = policy["ContentSecurityPolicy"]["Fn::Sub"]
            text = re.sub(r"https://\S+-files-[^ ;]+", self.url, text)
            policy["ContentSecurityPolicy"]["Fn::Sub"] = [text, values]

    def write_variables(self):
        """Writes the variables with which `cargo lambda watch` uses this cloud. Quoted, because some are JSON."""
        variables = {}
        for function in self.client("lambda").list_functions()["Functions"]:
            variables.update(function.get("Environment", {}).get("Variables", {}))
        variables.update(self.environment())
        self.variables.write_text("".join(f"{key}='{value}'\n" for key, value in sorted(variables.items())))

    def invoke(self, name, event):
        """Runs a function with an event of events/, such as one that only a schedule runs."""
        resource = self.client("cloudformation").describe_stack_resource(StackName=STACK, LogicalResourceId=name)
        function = resource["StackResourceDetail"]["PhysicalResourceId"]
        answer = self.client("lambda").invoke(FunctionName=function, Payload=(ROOT / "events" / event).read_bytes())
        if "FunctionError" in answer:
            fail(f"{name} failed: {answer['Payload'].read().decode()}")

    def operate(self, *words):
        """Runs an operator's command on this cloud and returns its output."""
        environment = {**os.environ, **self.environment()}
        command = [TARGET / "debug/kontor", "--stack", STACK, *words]
        return run(command, env=environment, stdout=subprocess.PIPE, text=True).stdout.strip()


def read_template():
    from samtranslator.yaml_helper import yaml_parse

    return yaml_parse((ROOT / "template.yaml").read_text())


def adapt(policies):
    """Adds what ministack's IAM needs and AWS does not: a separate action for sending a batch to a queue, and raw mail
    without a resource or a condition on the sender."""
    for policy in policies:
        for statement in policy["Statement"]:
            if statement["Action"] == "sqs:SendMessage":
                statement["Action"] = ["sqs:SendMessage", "sqs:SendMessageBatch"]
            if statement["Action"] == "ses:SendRawEmail":
                statement["Resource"] = "*"
                del statement["Condition"]


def group_lives(group):
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def hard_link(path, link):
    """A second name for a file, or a copy of it if that is on another disk."""
    try:
        os.link(path, link)
    except OSError:
        shutil.copy2(path, link)


@contextlib.contextmanager
def cloud(port, stripe_port, origin="http://localhost:3000", binaries=TARGET / "debug", web_port=None, domain=None):
    """A deployed cloud with signing keys, stopped at the end of the block. Pages of `origin` may call it. With `web_port`
    the distribution is served there, and is the shop's address. With a `domain`, nothing else may call the API."""
    started = Cloud(port, stripe_port, origin, binaries, web_port, domain)

    def stop(*_):
        raise KeyboardInterrupt

    for end in ENDS:
        signal.signal(end, stop)
    try:
        with step(f"start the cloud on port {port}"):
            started.start()
        with step("deploy template.yaml"):
            started.deploy()
        with step("make the signing keys"):
            started.operate("rotate-keys")
        with step("make the search index"):
            started.operate("search", "rebuild")
        yield started
    finally:
        # A second Ctrl-C must not leave the cloud running.
        for end in ENDS:
            signal.signal(end, signal.SIG_IGN)
        started.stop()
