module appliance.local/bundle/etcd-3.6.5

go 1.26

require go.etcd.io/etcd/server/v3 v3.6.5
