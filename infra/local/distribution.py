"""Starts what stands in for CloudFront (infra/local/distribution), with the settings of the deployed distribution."""

import json
import subprocess
import time

from project import HERE, ROOT, VENV, fail

PROGRAM = HERE / "distribution"
NODE = VENV / "bin/node"
TESTS = [NODE, "--test", *sorted((PROGRAM / "tests").glob("*.test.mjs"))]


def start(cloud, outputs):
    """Serves the distribution at cloud.web. The value is its process."""
    file = cloud.folder / "distribution.json"
    file.write_text(json.dumps(settings(cloud, outputs), default=str))
    log = (cloud.folder / "distribution.log").open("w")
    options = {"stderr": log, "stdout": subprocess.PIPE, "text": True, "cwd": ROOT, "start_new_session": True}
    process = subprocess.Popen([NODE, PROGRAM / "main.mjs", file, str(cloud.web_port)], **options)
    if process.stdout.readline() != "ready\n":
        time.sleep(0.1)
        fail(f"what stands in for CloudFront did not start; its log: {log.name}")
    return process


def settings(cloud, outputs):
    """What the program needs: the distribution, everything that it names, and where its origins are on this machine."""
    client = cloud.client("cloudfront")
    of_policy = lambda kind: lambda id: getattr(client, f"get_{kind}_config")(Id=id)
    config = client.get_distribution_config(Id=outputs["DistributionId"])["DistributionConfig"]
    behaviours = [config["DefaultCacheBehavior"], *config["CacheBehaviors"]["Items"]]
    named = lambda name: {one[name] for one in behaviours if one.get(name)}
    arns = {one["FunctionARN"] for each in behaviours for one in each.get("FunctionAssociations", {}).get("Items", [])}
    code = lambda arn: client.get_function(Name=arn.rpartition("/")[2], Stage="LIVE")["FunctionCode"].read().decode()
    cache, request, headers = of_policy("cache_policy"), of_policy("origin_request_policy"), of_policy("response_headers_policy")
    return {
        "id": outputs["DistributionId"],
        "domainName": client.get_distribution(Id=outputs["DistributionId"])["Distribution"]["DomainName"],
        "distribution": config,
        "cachePolicies": {id: cache(id)["CachePolicyConfig"] for id in named("CachePolicyId")},
        "requestPolicies": {id: request(id)["OriginRequestPolicyConfig"] for id in named("OriginRequestPolicyId")},
        "headerPolicies": {id: headers(id)["ResponseHeadersPolicyConfig"] for id in named("ResponseHeadersPolicyId")},
        "functions": {arn: code(arn) for arn in arns},
        "origins": {one["DomainName"]: address(cloud, one) for one in config["Origins"]["Items"]},
        "credentials": {"accessKeyId": "000000000000", "secretAccessKey": "local", "region": cloud.client("s3").meta.region_name},
    }


def address(cloud, origin):
    """A bucket and an API have host names of their own on AWS, and paths here."""
    name = origin["DomainName"].partition(".")[0]
    if "S3OriginConfig" in origin:
        return f"{cloud.url}/{name}"
    # The path of live updates has the stage already.
    return cloud.api if origin["Id"] == "api" else cloud.live.rpartition("/")[0]
