"""A network of the operator's own: a manifest like those that makers of networks publish.

Owns the text: plain routes between hosts, and a definition with a resource and its controller, as larger networks have
them. The images are in the lock under these names.
"""

FILE = "network.yaml"

MANIFEST = """\
# Written by hand after what Flannel's maker publishes.
---
apiVersion: v1
kind: Namespace
metadata:
  name: own-network
  labels: {pod-security.kubernetes.io/enforce: privileged}
---
apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: ServiceAccount
  metadata: {name: router, namespace: own-network}
- apiVersion: v1
  kind: ConfigMap
  metadata: {name: router, namespace: own-network}
  data:
    cni-conf.json: |
      {"name": "own", "cniVersion": "0.3.1", "plugins": [
        {"type": "flannel", "delegate": {"hairpinMode": true, "isDefaultGateway": true}},
        {"type": "portmap", "capabilities": {"portMappings": true}}]}
    net-conf.json: |
      {"Network": "10.32.0.0/12", "Backend": {"Type": "host-gw"}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: own-network}
rules:
- {apiGroups: [""], resources: [pods], verbs: [get]}
- {apiGroups: [""], resources: [nodes], verbs: [get, list, watch]}
- {apiGroups: [""], resources: [nodes/status], verbs: [patch]}
- {apiGroups: [own-network.test], resources: ["*"], verbs: ["*"]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: own-network}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: own-network}
subjects: [{kind: ServiceAccount, name: router, namespace: own-network}]
---
apiVersion: own-network.test/v1
kind: Pool
metadata: {name: pods}
spec: {cidr: 10.32.0.0/12, natOutgoing: on, blockSize: 0o30}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: pools.own-network.test}
spec:
  group: own-network.test
  scope: Cluster
  names: {kind: Pool, plural: pools}
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec:
            type: object
            required: [cidr, natOutgoing, blockSize]
            properties:
              cidr: {type: string}
              natOutgoing: {type: boolean}
              blockSize: {type: integer}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: router, namespace: own-network}
spec:
  selector: {matchLabels: {app: router}}
  template:
    metadata: {labels: {app: router}}
    spec:
      serviceAccountName: router
      hostNetwork: true
      priorityClassName: system-node-critical
      tolerations: [{operator: Exists}]
      initContainers:
      - name: plugin
        image: ghcr.io/flannel-io/flannel-cni-plugin:v1.9.1-flannel1
        command: [cp, -f, /flannel, /opt/cni/bin/flannel]
        volumeMounts: [{name: plugins, mountPath: /opt/cni/bin}]
      - name: configuration
        image: ghcr.io/flannel-io/flannel:v0.28.4
        command: [cp, -f, /etc/kube-flannel/cni-conf.json, /etc/cni/net.d/10-own.conflist]
        volumeMounts: [{name: cni, mountPath: /etc/cni/net.d}, {name: files, mountPath: /etc/kube-flannel}]
      containers:
      - name: router
        image: ghcr.io/flannel-io/flannel:v0.28.4
        command: [/opt/bin/flanneld, --ip-masq, --kube-subnet-mgr]
        env:
        - {name: POD_NAME, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
        - {name: POD_NAMESPACE, valueFrom: {fieldRef: {fieldPath: metadata.namespace}}}
        - {name: KUBERNETES_SERVICE_HOST, value: 127.0.0.1}
        - {name: KUBERNETES_SERVICE_PORT, value: "7443"}
        readinessProbe: {exec: {command: [test, -s, /run/flannel/subnet.env]}, periodSeconds: 2}
        securityContext: {capabilities: {add: [NET_ADMIN, NET_RAW]}}
        volumeMounts:
        - {name: run, mountPath: /run/flannel}
        - {name: files, mountPath: /etc/kube-flannel}
        - {name: lock, mountPath: /run/xtables.lock}
      volumes:
      - {name: run, hostPath: {path: /run/flannel, type: DirectoryOrCreate}}
      - {name: plugins, hostPath: {path: /opt/cni/bin}}
      - {name: cni, hostPath: {path: /etc/cni/net.d}}
      - {name: files, configMap: {name: router}}
      - {name: lock, hostPath: {path: /run/xtables.lock, type: FileOrCreate}}
"""
