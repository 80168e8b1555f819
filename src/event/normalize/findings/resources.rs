//! What a document says of the resources of a Security Hub finding: one value where there is one
//! resource, lists where there are several.

use serde_json::Value;

use super::super::each_at;
use super::convert::text;

/// Field, type of resource, and the path of the value below the details of a type. What stands in no
/// row is made of the resource's own keys.
const DETAILS: [(&str, &str, &str); 24] = [
    ("user.name", "AwsIamUser", "AwsIamUser.UserName"),
    ("user.name", "AwsIamAccessKey", "AwsIamAccessKey.UserName"),
    ("user.name", "AwsS3Bucket", "AwsS3Bucket.OwnerName"),
    ("user.id", "AwsIamUser", "AwsIamUser.UserId"),
    ("user.id", "AwsS3Bucket", "AwsS3Bucket.OwnerId"),
    ("host.name", "AwsEcsContainer", "AwsEcsContainer.Name"),
    ("host.ip", "AwsEc2Instance", "AwsEc2Instance.IpV4Addresses"),
    ("host.ip", "AwsEc2Instance", "AwsEc2Instance.IpV6Addresses"),
    ("orchestrator.cluster.id", "AwsEcsCluster", "AwsEcsCluster.ClusterArn"),
    ("orchestrator.cluster.id", "AwsEcsTask", "AwsEcsCluster.ClusterArn"),
    ("orchestrator.cluster.id", "AwsEksCluster", "AwsEksCluster.Arn"),
    ("orchestrator.cluster.name", "AwsEcsCluster", "AwsEcsCluster.ClusterName"),
    ("orchestrator.cluster.name", "AwsEksCluster", "AwsEksCluster.Name"),
    ("orchestrator.cluster.version", "AwsEksCluster", "AwsEksCluster.Version"),
    ("orchestrator.cluster.url", "AwsEksCluster", "AwsEksCluster.Endpoint"),
    ("cloud.availability_zone", "AwsEc2Subnet", "AwsEc2Subnet.AvailabilityZone"),
    ("cloud.availability_zone", "AwsRedshiftCluster", "AwsRedshiftCluster.AvailabilityZone"),
    ("cloud.availability_zone", "AwsDmsReplicationInstance", "AwsDmsReplicationInstance.AvailabilityZone"),
    ("cloud.availability_zone", "AwsEc2VpcEndpointService", "AwsEc2VpcEndpointService.AvailabilityZones"),
    ("cloud.availability_zone", "AwsElbLoadBalancer", "AwsElbLoadBalancer.AvailabilityZones"),
    ("cloud.availability_zone", "AwsRdsDbCluster", "AwsRdsDbCluster.AvailabilityZones"),
    (
        "cloud.availability_zone",
        "AwsAutoScalingAutoScalingGroup",
        "AwsAutoScalingAutoScalingGroup.AvailabilityZones.Value",
    ),
    (
        "cloud.availability_zone",
        "AwsEc2LaunchTemplate",
        "AwsEc2LaunchTemplate.LaunchTemplateData.Placement.AvailabilityZone",
    ),
    ("cloud.availability_zone", "AwsElbv2LoadBalancer", "AwsElbv2LoadBalancer.AvailabilityZones.ZoneName"),
];

/// The value of a field that is made of resources.
pub(super) fn compute(ecs: &str, finding: &Value) -> Option<Value> {
    let resources = finding.get("Resources")?.as_array()?;
    let mut found: Vec<Value> = Vec::new();
    for resource in resources {
        found.extend(of(ecs, resource).into_iter().map(Value::from));
    }
    match (found.len(), resources.len()) {
        (0, _) => None,
        (_, 1) if ecs != "host.ip" => found.pop(),
        _ => Some(Value::Array(found)),
    }
}

fn of(ecs: &str, resource: &Value) -> Vec<String> {
    let own = |key: &str| resource.get(key).and_then(Value::as_str);
    let (Some(ty), Some(id)) = (own("Type"), own("Id")) else { return Vec::new() };
    let instance = ty == "AwsEc2Instance";
    let orchestrated = ty.starts_with("AwsEks") || ty.starts_with("AwsEcs");
    let one = match ecs {
        "resource.type" => Some(ty.to_owned()),
        "resource.id" => Some(id.to_owned()),
        "resource.name" => Some(name(resource, ty, id)),
        "host.id" | "cloud.instance.id" => instance.then(|| id.to_owned()),
        "cloud.instance.name" => instance.then(|| name(resource, ty, id)),
        // `arn:aws:SERVICE:…`
        "cloud.service.name" => id.split(':').nth(2).map(str::to_owned),
        "orchestrator.resource.id" => orchestrated.then(|| id.to_owned()),
        "orchestrator.resource.name" => orchestrated.then(|| name(resource, ty, id)),
        "orchestrator.resource.type" => orchestrated.then(|| ty.to_owned()),
        "orchestrator.type" => {
            let kind = if ty.starts_with("AwsEks") { "kubernetes" } else { "ecs" };
            orchestrated.then(|| kind.to_owned())
        }
        _ => None,
    };
    let mut out: Vec<String> = one.into_iter().collect();
    let Some(details) = resource.get("Details") else { return out };
    for (_, _, path) in DETAILS.iter().filter(|(field, of, _)| *field == ecs && *of == ty) {
        each_at(details, path, &mut |value| out.extend(text(value)));
    }
    out
}

/// The name in the details, else what stands behind the last colon of the id.
fn name(resource: &Value, ty: &str, id: &str) -> String {
    let named = resource.get("Details").and_then(|details| details.get(ty)?.get("Name")?.as_str());
    named.unwrap_or_else(|| id.rsplit(':').next().unwrap_or(id)).to_owned()
}
