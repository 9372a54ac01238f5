module appliance.local/toolchain/language-python

go 1.26

require github.com/pulumi/pulumi/sdk/v3 v3.77.1
