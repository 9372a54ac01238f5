module appliance.local/bundle/coredns-1.12.1

go 1.26

require github.com/coredns/coredns v1.12.1
