module appliance.local/bundle/weave

go 1.26

require (
	github.com/andybalholm/go-bit v1.0.1
	github.com/aws/aws-sdk-go v1.34.0
	github.com/boltdb/bolt v1.3.1
	github.com/containernetworking/cni v0.5.2
	github.com/coreos/go-iptables v0.3.0
	github.com/docker/distribution v2.7.1+incompatible
	github.com/docker/docker v17.12.0-ce-rc1.0.20180328155642-38588656727d+incompatible
	github.com/docker/go-connections v0.3.0
	github.com/docker/libnetwork v0.8.0-dev.2.0.20180212220201-119badbd737b
	github.com/docker/machine v0.14.0
	github.com/fsouza/go-dockerclient v1.2.0
	github.com/google/gopacket v1.1.19
	github.com/gorilla/mux v1.6.1
	github.com/j-keck/arping v0.0.0-20160618110441-2cf9dc699c56
	github.com/miekg/dns v1.0.4
	github.com/opencontainers/runc v1.0.0-rc10
	github.com/prometheus/client_golang v1.7.1
	github.com/spf13/cobra v0.0.1
	github.com/vishvananda/netlink v1.0.0
	github.com/vishvananda/netns v0.0.0-20171111001504-be1fbeda1936
	github.com/weaveworks/common v0.0.0-20180321110636-ebab3a78900a
	github.com/weaveworks/go-checkpoint v0.0.0-20170503165305-ebbb8b0518ab
	github.com/weaveworks/go-odp v0.0.0-20181017121109-6b0aa22550d9
	github.com/weaveworks/mesh v0.0.0-20191105120815-58dbcc3e8e63
	github.com/weaveworks/weave v2.6.5+incompatible
	k8s.io/api v0.17.17
	k8s.io/apimachinery v0.17.17
	k8s.io/client-go v0.17.17
)

require (
	github.com/Nvveen/Gotty v0.0.0-20120604004816-cd527374f1e5 // indirect
	github.com/containerd/continuity v0.5.0 // indirect
	github.com/docker/go-units v0.5.0 // indirect
	github.com/hashicorp/go-cleanhttp v0.5.2 // indirect
	github.com/opencontainers/go-digest v1.0.0 // indirect
	github.com/opencontainers/image-spec v1.1.1 // indirect
	github.com/pkg/profile v1.7.0 // indirect
)

