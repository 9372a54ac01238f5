module appliance.local/bundle/rook

go 1.26

require github.com/rook/rook v1.12.11
