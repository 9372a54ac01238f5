module appliance.local/bundle/rook-1.19

go 1.26

require github.com/rook/rook v1.19.4
