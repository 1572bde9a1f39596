"""The whole cloud on this machine: no account, no Docker.

    cloud.py dev      build, start, deploy, seed, print the URLs, run until Ctrl-C
    cloud.py check    format, lints, template: what needs nothing running
    cloud.py test     check, then every test, the journeys against a cloud of its own on a free port
    cloud.py tools    cargo-lambda, in .local/venv
    cloud.py release  the release binaries for Lambda, in target/lambda/
    cloud.py bench    what requests cost at the table, and how the release binaries start

Everything it installs lies in .local/ of the project; only Python 3 and Rust must be there before. Ports: KONTOR_PORT
(default 4566).
"""

import contextlib
import io
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
import venv
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
LOCAL = ROOT / ".local"
VENV = LOCAL / "venv"
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
REQUIREMENTS = pathlib.Path(__file__).with_name("requirements.txt")
RELEASE_REQUIREMENTS = pathlib.Path(__file__).with_name("requirements-release.txt")
STACK = "kontor"
REGION = "eu-west-1"
WEBHOOK_SECRET = "whsec_local"
FUNCTIONS = sorted(path.name for path in (ROOT / "functions").iterdir() if path.is_dir())


# --- steps -----------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def step(name):
    """Tells what is being done, and how long it took."""
    print(f"· {name} …", flush=True)
    started = time.monotonic()
    yield
    print(f"  {name}: {time.monotonic() - started:.1f} s", flush=True)


def fail(message):
    sys.exit(f"cloud: {message}")


def ensure_venv():
    """Installs the pinned requirements into .local/venv, once for each version of them."""
    stamp = VENV / "requirements.txt"
    if stamp.exists() and stamp.read_text() == REQUIREMENTS.read_text():
        return
    with step("install the local cloud into .local/venv"):
        shutil.rmtree(VENV, ignore_errors=True)
        venv.create(VENV, with_pip=True)
        run([VENV / "bin/python", "-m", "pip", "install", "--quiet", "-r", REQUIREMENTS])
        stamp.write_text(REQUIREMENTS.read_text())


def enter_venv():
    """Goes on inside the virtual environment, where boto3 is."""
    if pathlib.Path(sys.prefix).resolve() != VENV.resolve():
        ensure_venv()
        os.execv(VENV / "bin/python", [str(VENV / "bin/python"), __file__, *sys.argv[1:]])


def run(command, **options):
    finished = subprocess.run([str(part) for part in command], cwd=ROOT, **options)
    if finished.returncode != 0:
        fail(f"{' '.join(str(part) for part in command)} failed")
    return finished


# --- the cloud -------------------------------------------------------------------------------------------------------


class Cloud:
    """A running ministack with our stack deployed in it."""

    def __init__(self, port, stripe_port, origin):
        self.port = port
        self.stripe_port = stripe_port
        self.origin = origin
        self.url = f"http://127.0.0.1:{port}"
        self.api = f"{self.url}/_aws/execute-api/kontor/$default"
        self.stripe = f"http://127.0.0.1:{stripe_port}"
        self.processes = []
        self.log = LOCAL / f"cloud-{port}.log"

    def environment(self):
        """What every AWS client, ours and those in the functions, needs to find this cloud."""
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
        refuse_taken(self.port)
        refuse_taken(self.stripe_port)
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
        # Small answers wait for each other without this: 40 ms an invocation.
        program = (
            "import socketserver; socketserver.StreamRequestHandler.disable_nagle_algorithm = True\n"
            "from ministack.app import main; main()"
        )
        process = subprocess.Popen(
            [sys.executable, "-c", program],
            env={**os.environ, **self.environment(), **settings},
            stdout=self.log.open("w"),
            stderr=subprocess.STDOUT,
            cwd=LOCAL,
            # A group of its own, so that stopping it stops the functions that it runs.
            start_new_session=True,
        )
        self.processes.append(process)
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

    def wait(self):
        self.processes[-1].wait()

    def deploy(self):
        """Deploys template.yaml itself, with the debug binaries in place of the release ones."""
        import botocore.exceptions
        from samtranslator.yaml_helper import yaml_parse

        template = yaml_parse((ROOT / "template.yaml").read_text())
        s3 = self.client("s3")
        bucket = f"{STACK}-files-000000000000"
        s3.create_bucket(Bucket="artifacts", CreateBucketConfiguration={"LocationConstraint": REGION})
        # ministack knows no metric math, and nobody watches alarms here.
        alarms = [name for name, resource in template["Resources"].items() if "Metrics" in resource.get("Properties", {})]
        for name in alarms:
            del template["Resources"][name]
        for resource in template["Resources"].values():
            if resource["Type"] == "AWS::Serverless::Function":
                name = pathlib.PurePath(resource["Properties"]["CodeUri"]).name
                s3.put_object(Bucket="artifacts", Key=f"{name}.zip", Body=zipped(TARGET / "debug" / name))
                resource["Properties"]["CodeUri"] = {"Bucket": "artifacts", "Key": f"{name}.zip"}
                adapt(resource["Properties"]["Policies"])
                variables = resource["Properties"].get("Environment", {}).get("Variables", {})
                if "ALLOWED_ORIGINS" in variables:
                    # AWS puts its CORS headers in place of the functions' own, ministack beside them, which no browser takes.
                    variables["ALLOWED_ORIGINS"] = ""
                if "UPLOAD_URL" in variables:
                    # On AWS a bucket has a host of its own, which no name here resolves.
                    variables["UPLOAD_URL"] = f"{self.url}/{bucket}"
        parameters = {
            "ApiUrl": self.api,
            "ShopUrl": self.origin,
            "AllowedOrigins": self.origin,
            "ImagesUrl": f"{self.url}/{bucket}/public",
            "StripeUrl": self.stripe,
            "MailFrom": "shop@example.com",
            "StaffMail": "staff@example.com",
            "Architecture": "x86_64" if os.uname().machine == "x86_64" else "arm64",
        }
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
            waiter.wait(StackName=STACK, WaiterConfig={"Delay": 1, "MaxAttempts": 120})
        except botocore.exceptions.WaiterError:
            events = cloudformation.describe_stack_events(StackName=STACK)["StackEvents"]
            reasons = [f"{e['LogicalResourceId']}: {e['ResourceStatusReason']}" for e in events if e.get("ResourceStatusReason")]
            fail("the stack was not deployed:\n  " + "\n  ".join(reasons))
        outputs = cloudformation.describe_stacks(StackName=STACK)["Stacks"][0]["Outputs"]
        ids = {output["OutputKey"]: output["OutputValue"] for output in outputs}
        secrets = {"StripeKeySecretId": "sk_test_local", "StripeWebhookSecretId": WEBHOOK_SECRET}
        for output, secret in secrets.items():
            self.client("secretsmanager").put_secret_value(SecretId=ids[output], SecretString=secret)
        # ministack loses the CORS configuration of a template; AWS does not.
        cors = dict(template["Resources"]["Api"]["Properties"]["CorsConfiguration"])
        cors["AllowOrigins"] = parameters["AllowedOrigins"].split(",")
        self.client("apigatewayv2").update_api(ApiId="kontor", CorsConfiguration=cors)
        # It knows SES's feedback by identity, not by configuration set.
        resource = cloudformation.describe_stack_resource(StackName=STACK, LogicalResourceId="MailFeedbackTopic")
        topic = resource["StackResourceDetail"]["PhysicalResourceId"]
        ses = self.client("ses")
        ses.verify_email_identity(EmailAddress=parameters["MailFrom"])
        for kind in ("Bounce", "Complaint"):
            ses.set_identity_notification_topic(Identity=parameters["MailFrom"], NotificationType=kind, SnsTopic=topic)
        # What `cargo lambda watch` needs to run a function beside this cloud.
        functions = self.client("lambda").list_functions()["Functions"]
        variables = {}
        for function in functions:
            variables.update(function.get("Environment", {}).get("Variables", {}))
        variables.update(self.environment())
        (LOCAL / "env").write_text("".join(f"{key}={value}\n" for key, value in sorted(variables.items())))

    def operate(self, *words):
        """Runs an operator's command on this cloud and answers what it said."""
        environment = {**os.environ, **self.environment()}
        command = [TARGET / "debug/kontor", "--stack", STACK, *words]
        return run(command, env=environment, stdout=subprocess.PIPE, text=True).stdout.strip()


def adapt(policies):
    """Where ministack's IAM asks for more than AWS does: sending a batch to a queue is an action of its own to it, and it
    names neither resource nor sender of a raw mail."""
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


def zipped(binary):
    """A Lambda's zip: the binary, without its symbols, as `bootstrap`. Kept until the binary is built anew."""
    archive = LOCAL / f"{binary.name}.zip"
    if archive.exists() and archive.stat().st_mtime > binary.stat().st_mtime:
        return archive.read_bytes()
    stripped = LOCAL / f"{binary.name}.stripped"
    run(["strip", "-o", stripped, binary])
    content = io.BytesIO()
    # Stored, not deflated: the zip travels within this machine.
    with zipfile.ZipFile(content, "w", zipfile.ZIP_STORED) as file:
        bootstrap = zipfile.ZipInfo("bootstrap")
        bootstrap.external_attr = 0o755 << 16
        file.writestr(bootstrap, stripped.read_bytes())
    stripped.unlink()
    archive.write_bytes(content.getvalue())
    return content.getvalue()


def refuse_taken(port):
    with contextlib.closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            fail(f"port {port} is taken; stop what uses it, or choose another: KONTOR_PORT={port + 1} make dev")


def free_port():
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def cloud(port, stripe_port, origin="http://localhost:3000"):
    """A deployed cloud with keys in it, gone at the end however it ends. Pages of `origin` may call it."""
    started = Cloud(port, stripe_port, origin)

    def stop(*_):
        raise KeyboardInterrupt

    for end in (signal.SIGINT, signal.SIGTERM):
        signal.signal(end, stop)
    try:
        with step(f"start the cloud on port {port}"):
            started.start()
        with step("deploy template.yaml"):
            started.deploy()
        with step("make the signing keys"):
            started.operate("rotate-keys")
        yield started
    finally:
        started.stop()


# --- commands --------------------------------------------------------------------------------------------------------


def dev():
    port = int(os.environ.get("KONTOR_PORT", "4566"))
    refuse_taken(port)
    with step("build (a first time takes minutes)"):
        run(["cargo", "build", "--workspace", "--bins"])
    with cloud(port, port + 1) as running:
        with step("seed"):
            people = running.operate("seed")
        print(walk(running, people), flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            running.wait()
        print("\nstopping", flush=True)


def walk(running, people):
    email, password = people.splitlines()[0].split(" ", 1)
    return f"""
The shop is up. Ctrl-C ends it.

  API      {running.api}
  mailbox  {running.url}/_ministack/ses/messages
  Stripe   {running.stripe} (a stand-in; no money moves)
  log      {running.log}
  people   {people.replace(chr(10), chr(10) + "           ")}

A walk to paste into another terminal:

  API='{running.api}'
  curl -sw '\\n' $API/health
  TOKEN=$(curl -s $API/api/v1/auth/login -H 'content-type: application/json' \\
    -d '{{"email":"{email}","password":"{password}"}}' | python3 -c 'import json,sys; print(json.load(sys.stdin)["data"]["accessToken"])')
  curl -sw '\\n' $API/api/v1/users/me -H "authorization: Bearer $TOKEN"
  curl -sw '\\n' $API/api/v1/auth/register -H 'content-type: application/json' \\
    -d '{{"email":"you@example.com","password":"a long sentence","name":"You"}}'
  curl -sw '\\n' {running.url}/_ministack/ses/messages
  curl -sw '\\n' "$API/api/v1/products?category=clothing&limit=2"
  curl -sw '\\n' $API/api/v1/products/harbour-t-shirt
  curl -s $API/api/v1/orders -H 'content-type: application/json' -H "idempotency-key: $(date +%s%N)" \\
    -d '{{"item":{{"sku":"K00008-1"}},"email":"you@example.com","paymentMethod":"checkout_session",
    "shippingAddress":{{"name":"You","line1":"1 Harbour Street","city":"Berlin","postalCode":"10115","country":"DE"}}}}' \\
    | python3 -m json.tool    # open its payment's checkoutUrl in a browser, and pay
"""


def check():
    with step("format"):
        run(["cargo", "fmt", "--all", "--check"])
    with step("clippy"):
        run(["cargo", "clippy", "--workspace", "--all-targets", "--quiet", "--", "--deny", "warnings"])
    with step("check template.yaml"):
        run([VENV / "bin/cfn-lint", "--regions", REGION, "--template", "template.yaml"])


def chromium():
    """A browser for the journeys that need one."""
    names = ("chromium", "chromium-browser", "google-chrome", "chrome")
    found = os.environ.get("KONTOR_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    return found or fail("the journeys need Chromium: apt-get install chromium, or KONTOR_CHROMIUM=/path/to/it")


def test():
    chromium()
    check()
    with step("build everything"):
        run(["cargo", "build", "--workspace", "--all-targets"])
    with step("unit and store tests"):
        run(["cargo", "test", "--workspace", "--exclude", "harness"])
    origin = f"http://localhost:{free_port()}"
    with cloud(free_port(), free_port(), origin) as running:
        environment = {
            **os.environ,
            **running.environment(),
            "KONTOR_API": running.api,
            "KONTOR_CLOUD": running.url,
            "KONTOR_STRIPE": running.stripe,
            "KONTOR_ORIGIN": origin,
            "KONTOR_CHROMIUM": chromium(),
            "KONTOR_COMMAND": str(TARGET / "debug/kontor"),
        }
        # Last, so that what is printed last is the test runner's own closing line.
        print("· function, house, HTTP tests and journeys …", flush=True)
        run(["cargo", "test", "--package", "harness"], env=environment)


def tools():
    if (VENV / "bin/cargo-lambda").exists():
        return
    with step("install cargo-lambda into .local/venv"):
        run([VENV / "bin/python", "-m", "pip", "install", "--quiet", "-r", RELEASE_REQUIREMENTS])


def release():
    tools()
    architecture = os.environ.get("ARCH", "arm64")
    flag = {"arm64": "--arm64", "x86_64": "--x86-64"}.get(architecture) or fail("ARCH is arm64 or x86_64")
    with step(f"build the release binaries for {architecture}"):
        path = f"{VENV / 'bin'}{os.pathsep}{os.environ['PATH']}"
        packages = [word for name in FUNCTIONS for word in ("--package", name)]
        run(["cargo", "lambda", "build", "--release", flag, *packages], env={**os.environ, "PATH": path})


def bench():
    with step("build the release binaries"):
        packages = [word for name in FUNCTIONS for word in ("--package", name)]
        run(["cargo", "build", "--release", *packages])
    run([sys.executable, pathlib.Path(__file__).with_name("bench.py"), TARGET / "release"])
    print()
    run(["cargo", "bench", "--quiet", "--profile", "dev", "--package", "harness", "--bench", "requests"])
    print()
    run(["cargo", "bench", "--quiet", "--profile", "dev", "--package", "harness", "--bench", "products"])
    print()
    run(["cargo", "bench", "--quiet", "--profile", "dev", "--package", "harness", "--bench", "checkout"])


COMMANDS = {"dev": dev, "check": check, "test": test, "tools": tools, "release": release, "bench": bench}


def main():
    LOCAL.mkdir(exist_ok=True)
    command = COMMANDS.get(sys.argv[1]) if len(sys.argv) == 2 else None
    if command is None:
        sys.exit(__doc__)
    enter_venv()
    try:
        command()
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
