"""An engine whose resources of AWS are made: with boto3, in moto's simulation, from the inputs that were registered.

Each kind of resource is one function. It must use up all inputs that it is given, so that one which nobody looks at is
a failure, and so is one that boto3 or moto refuses: a missing one, a wrong form, the identifier of what is not there.
"""

import threading
from collections.abc import Callable, Mapping
from typing import Any

import boto3
from pulumi.runtime import mocks

from tests.conftest import Engine, reveal

Made = tuple[str, dict[str, Any]]


class Inputs:
    """What the program registered, used up key by key."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        self.rest = {key: value for key, value in given.items() if not key.startswith("__")}

    def take(self, key: str) -> Any:
        return self.rest.pop(key)

    def some(self, **names: str) -> dict[str, Any]:
        """boto3's arguments for those of the inputs that are there: boto3's name → ours."""
        return {theirs: self.rest.pop(ours) for theirs, ours in names.items() if ours in self.rest}

    def tags(self) -> list[dict[str, str]]:
        return [{"Key": key, "Value": value} for key, value in self.take("tags").items()]

    def specified(self, kind: str) -> list[dict[str, Any]]:
        return [{"ResourceType": kind, "Tags": self.tags()}]


class MotoEngine(Engine):
    """Made things by the resource's name are in `made`, in the order in which they were."""

    def __init__(self, region: str) -> None:
        super().__init__()
        self.ec2: Any = boto3.client("ec2", region_name=region)
        self.elb: Any = boto3.client("elbv2", region_name=region)
        self.iam: Any = boto3.client("iam", region_name=region)
        self.made: dict[str, str] = {}
        self._alone = threading.Lock()

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        make = self.makers().get(args.typ)
        if make is None:
            if args.typ.startswith("aws:"):
                raise AssertionError(f"{args.typ} is made nowhere")
            return super().new_resource(args)
        inputs = Inputs(reveal(args.inputs))
        with self._alone:
            identifier, outputs = make(inputs)
        if inputs.rest:
            raise AssertionError(f"{args.name}: nobody looked at {sorted(inputs.rest)}")
        self.made[args.name] = identifier
        return identifier, {**args.inputs, **outputs}

    def makers(self) -> Mapping[str, Callable[[Inputs], Made]]:
        return {
            "aws:ec2/vpc:Vpc": self.vpc,
            "aws:ec2/internetGateway:InternetGateway": self.gateway,
            "aws:ec2/subnet:Subnet": self.subnet,
            "aws:ec2/routeTable:RouteTable": self.route_table,
            "aws:ec2/route:Route": self.route,
            "aws:ec2/routeTableAssociation:RouteTableAssociation": self.association,
            "aws:ec2/eip:Eip": self.eip,
            "aws:ec2/natGateway:NatGateway": self.nat_gateway,
            "aws:ec2/securityGroup:SecurityGroup": self.security_group,
            "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": self.ingress,
            "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": self.egress,
            "aws:ec2/keyPair:KeyPair": self.key_pair,
            "aws:iam/role:Role": self.role,
            "aws:iam/rolePolicy:RolePolicy": self.role_policy,
            "aws:iam/instanceProfile:InstanceProfile": self.profile,
            "aws:ec2/instance:Instance": self.instance,
            "aws:ebs/volume:Volume": self.volume,
            "aws:ec2/volumeAttachment:VolumeAttachment": self.attachment,
            "aws:lb/loadBalancer:LoadBalancer": self.balancer,
            "aws:lb/targetGroup:TargetGroup": self.targets,
            "aws:lb/listener:Listener": self.listener,
            "aws:lb/targetGroupAttachment:TargetGroupAttachment": self.target,
        }

    def vpc(self, inputs: Inputs) -> Made:
        made = self.ec2.create_vpc(
            CidrBlock=inputs.take("cidrBlock"), TagSpecifications=inputs.specified("vpc")
        )["Vpc"]["VpcId"]
        for theirs, ours in (
            ("EnableDnsSupport", "enableDnsSupport"),
            ("EnableDnsHostnames", "enableDnsHostnames"),
        ):
            self.ec2.modify_vpc_attribute(VpcId=made, **{theirs: {"Value": inputs.take(ours)}})
        return made, {}

    def gateway(self, inputs: Inputs) -> Made:
        made = self.ec2.create_internet_gateway(
            TagSpecifications=inputs.specified("internet-gateway")
        )["InternetGateway"]["InternetGatewayId"]
        self.ec2.attach_internet_gateway(InternetGatewayId=made, VpcId=inputs.take("vpcId"))
        return made, {}

    def subnet(self, inputs: Inputs) -> Made:
        public = inputs.take("mapPublicIpOnLaunch")
        made = self.ec2.create_subnet(
            VpcId=inputs.take("vpcId"),
            CidrBlock=inputs.take("cidrBlock"),
            AvailabilityZone=inputs.take("availabilityZone"),
            TagSpecifications=inputs.specified("subnet"),
        )["Subnet"]["SubnetId"]
        self.ec2.modify_subnet_attribute(SubnetId=made, MapPublicIpOnLaunch={"Value": public})
        return made, {}

    def route_table(self, inputs: Inputs) -> Made:
        made = self.ec2.create_route_table(
            VpcId=inputs.take("vpcId"), TagSpecifications=inputs.specified("route-table")
        )
        return made["RouteTable"]["RouteTableId"], {}

    def route(self, inputs: Inputs) -> Made:
        table = inputs.take("routeTableId")
        target = inputs.take("destinationCidrBlock")
        way = inputs.some(GatewayId="gatewayId", NatGatewayId="natGatewayId")
        self.ec2.create_route(RouteTableId=table, DestinationCidrBlock=target, **way)
        return f"r-{table}-{target}", {}

    def association(self, inputs: Inputs) -> Made:
        made = self.ec2.associate_route_table(
            RouteTableId=inputs.take("routeTableId"), SubnetId=inputs.take("subnetId")
        )
        return made["AssociationId"], {}

    def eip(self, inputs: Inputs) -> Made:
        made = self.ec2.allocate_address(
            Domain=inputs.take("domain"), TagSpecifications=inputs.specified("elastic-ip")
        )
        if machine := inputs.some(InstanceId="instance"):
            self.ec2.associate_address(AllocationId=made["AllocationId"], **machine)
        return made["AllocationId"], {"publicIp": made["PublicIp"]}

    def nat_gateway(self, inputs: Inputs) -> Made:
        made = self.ec2.create_nat_gateway(
            SubnetId=inputs.take("subnetId"),
            AllocationId=inputs.take("allocationId"),
            TagSpecifications=inputs.specified("natgateway"),
        )
        return made["NatGateway"]["NatGatewayId"], {}

    def security_group(self, inputs: Inputs) -> Made:
        made = self.ec2.create_security_group(
            GroupName=inputs.take("name"),
            Description=inputs.take("description"),
            VpcId=inputs.take("vpcId"),
            TagSpecifications=inputs.specified("security-group"),
        )["GroupId"]
        # The provider takes away the rule that EC2 gives every new group.
        everything = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
        self.ec2.revoke_security_group_egress(GroupId=made, IpPermissions=everything)
        return made, {}

    def ingress(self, inputs: Inputs) -> Made:
        return self._rule(self.ec2.authorize_security_group_ingress, inputs)

    def egress(self, inputs: Inputs) -> Made:
        return self._rule(self.ec2.authorize_security_group_egress, inputs)

    def _rule(self, authorize: Callable[..., Any], inputs: Inputs) -> Made:
        told = {"Description": inputs.take("description")}
        permission: dict[str, Any] = {"IpProtocol": inputs.take("ipProtocol")}
        ports = inputs.some(FromPort="fromPort", ToPort="toPort")
        permission.update({key: int(value) for key, value in ports.items()})
        if permission["IpProtocol"].isdigit():
            # EC2 has no ports for such a protocol; moto stumbles without.
            permission |= {"FromPort": -1, "ToPort": -1}
        if networks := inputs.some(CidrIp="cidrIpv4"):
            permission["IpRanges"] = [{**networks, **told}]
        if groups := inputs.some(GroupId="referencedSecurityGroupId"):
            permission["UserIdGroupPairs"] = [{**groups, **told}]
        made = authorize(
            GroupId=inputs.take("securityGroupId"),
            IpPermissions=[permission],
            TagSpecifications=inputs.specified("security-group-rule"),
        )
        return made["SecurityGroupRules"][0]["SecurityGroupRuleId"], {}

    def key_pair(self, inputs: Inputs) -> Made:
        made = self.ec2.import_key_pair(
            KeyName=inputs.take("keyName"),
            PublicKeyMaterial=inputs.take("publicKey").encode(),
            TagSpecifications=inputs.specified("key-pair"),
        )
        return made["KeyName"], {}

    def role(self, inputs: Inputs) -> Made:
        made = self.iam.create_role(
            RoleName=inputs.take("name"),
            Description=inputs.take("description"),
            AssumeRolePolicyDocument=inputs.take("assumeRolePolicy"),
            Tags=inputs.tags(),
        )
        return made["Role"]["RoleName"], {}

    def role_policy(self, inputs: Inputs) -> Made:
        role, name = inputs.take("role"), inputs.take("name")
        self.iam.put_role_policy(
            RoleName=role, PolicyName=name, PolicyDocument=inputs.take("policy")
        )
        return f"{role}:{name}", {}

    def profile(self, inputs: Inputs) -> Made:
        name = inputs.take("name")
        self.iam.create_instance_profile(InstanceProfileName=name, Tags=inputs.tags())
        self.iam.add_role_to_instance_profile(
            InstanceProfileName=name, RoleName=inputs.take("role")
        )
        return name, {}

    def instance(self, inputs: Inputs) -> Made:
        disk = Inputs(inputs.take("rootBlockDevice"))
        ebs = disk.some(
            Encrypted="encrypted",
            KmsKeyId="kmsKeyId",
            VolumeType="volumeType",
            DeleteOnTermination="deleteOnTermination",
        )
        ebs["VolumeSize"] = int(disk.take("volumeSize"))
        about = Inputs(inputs.take("metadataOptions"))
        options = about.some(
            HttpEndpoint="httpEndpoint",
            HttpTokens="httpTokens",
            InstanceMetadataTags="instanceMetadataTags",
        )
        options["HttpPutResponseHopLimit"] = int(about.take("httpPutResponseHopLimit"))
        made = self.ec2.run_instances(
            MinCount=1,
            MaxCount=1,
            ImageId=inputs.take("ami"),
            InstanceType=inputs.take("instanceType"),
            KeyName=inputs.take("keyName"),
            IamInstanceProfile={"Name": inputs.take("iamInstanceProfile")},
            DisableApiTermination=inputs.take("disableApiTermination"),
            UserData=inputs.take("userData"),
            MetadataOptions=options,
            BlockDeviceMappings=[{"DeviceName": "/dev/xvda", "Ebs": ebs}],
            NetworkInterfaces=[
                {
                    "DeviceIndex": 0,
                    "SubnetId": inputs.take("subnetId"),
                    "Groups": inputs.take("vpcSecurityGroupIds"),
                    "AssociatePublicIpAddress": inputs.take("associatePublicIpAddress"),
                }
            ],
            TagSpecifications=[
                *inputs.specified("instance"),
                {"ResourceType": "volume", "Tags": disk.tags()},
            ],
        )["Instances"][0]
        if disk.rest or about.rest:
            raise AssertionError(f"nobody looked at {sorted({**disk.rest, **about.rest})}")
        return made["InstanceId"], {
            "privateIp": made["PrivateIpAddress"],
            "publicIp": made.get("PublicIpAddress", ""),
        }

    def volume(self, inputs: Inputs) -> Made:
        made = self.ec2.create_volume(
            AvailabilityZone=inputs.take("availabilityZone"),
            Size=int(inputs.take("size")),
            VolumeType=inputs.take("type"),
            Encrypted=inputs.take("encrypted"),
            TagSpecifications=inputs.specified("volume"),
            **inputs.some(KmsKeyId="kmsKeyId"),
        )
        return made["VolumeId"], {}

    def attachment(self, inputs: Inputs) -> Made:
        inputs.take("stopInstanceBeforeDetaching")
        wanted = {
            "Device": inputs.take("deviceName"),
            "VolumeId": inputs.take("volumeId"),
            "InstanceId": inputs.take("instanceId"),
        }
        self.ec2.attach_volume(**wanted)
        return "vai-{VolumeId}-{InstanceId}".format(**wanted), {}

    def balancer(self, inputs: Inputs) -> Made:
        scheme = "internal" if inputs.take("internal") else "internet-facing"
        crossing = inputs.take("enableCrossZoneLoadBalancing")
        made = self.elb.create_load_balancer(
            Name=inputs.take("name"),
            Type=inputs.take("loadBalancerType"),
            Scheme=scheme,
            Subnets=inputs.take("subnets"),
            SecurityGroups=inputs.take("securityGroups"),
            Tags=inputs.tags(),
        )["LoadBalancers"][0]
        attribute = {
            "Key": "load_balancing.cross_zone.enabled",
            "Value": str(crossing).lower(),
        }
        arn = made["LoadBalancerArn"]
        self.elb.modify_load_balancer_attributes(LoadBalancerArn=arn, Attributes=[attribute])
        return arn, {"arn": arn, "dnsName": made["DNSName"]}

    def targets(self, inputs: Inputs) -> Made:
        health = Inputs(inputs.take("healthCheck"))
        attributes = {
            "deregistration_delay.connection_termination.enabled": inputs.take(
                "connectionTermination"
            ),
            "deregistration_delay.timeout_seconds": int(inputs.take("deregistrationDelay")),
        }
        made = self.elb.create_target_group(
            Name=inputs.take("name"),
            Protocol=inputs.take("protocol"),
            Port=int(inputs.take("port")),
            TargetType=inputs.take("targetType"),
            VpcId=inputs.take("vpcId"),
            HealthCheckProtocol=health.take("protocol"),
            HealthCheckPath=health.take("path"),
            HealthCheckPort=health.take("port"),
            HealthCheckIntervalSeconds=int(health.take("interval")),
            HealthyThresholdCount=int(health.take("healthyThreshold")),
            UnhealthyThresholdCount=int(health.take("unhealthyThreshold")),
            Matcher={"HttpCode": health.take("matcher")},
            Tags=inputs.tags(),
        )["TargetGroups"][0]["TargetGroupArn"]
        if health.rest:
            raise AssertionError(f"nobody looked at {sorted(health.rest)}")
        self.elb.modify_target_group_attributes(
            TargetGroupArn=made,
            Attributes=[
                {"Key": key, "Value": str(value).lower()} for key, value in attributes.items()
            ],
        )
        return made, {"arn": made}

    def listener(self, inputs: Inputs) -> Made:
        (action,) = inputs.take("defaultActions")
        made = self.elb.create_listener(
            LoadBalancerArn=inputs.take("loadBalancerArn"),
            Protocol=inputs.take("protocol"),
            Port=int(inputs.take("port")),
            DefaultActions=[{"Type": action["type"], "TargetGroupArn": action["targetGroupArn"]}],
            Tags=inputs.tags(),
        )["Listeners"][0]["ListenerArn"]
        return made, {"arn": made}

    def target(self, inputs: Inputs) -> Made:
        group = inputs.take("targetGroupArn")
        target = {"Id": inputs.take("targetId"), "Port": int(inputs.take("port"))}
        self.elb.register_targets(TargetGroupArn=group, Targets=[target])
        return f"{group}-{target['Id']}", {}
