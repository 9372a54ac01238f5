package main

// Version is that of the real images whose names the stand-in carries; the build sets it.
var Version = "unknown"

// StandIn is said wherever somebody might take this for the real thing.
const StandIn = "a stand-in for Replicated, which is closed source: built from source of the appliance itself"

// Identity is what each service says of itself.
type Identity struct {
	Service  string `json:"service"`
	StandIn  string `json:"standIn"`
	StandsAs string `json:"standsAs"`
	// Does is a sentence on what is behind the port here.
	Does string `json:"does"`
}

func identity(service, does string) Identity {
	return Identity{Service: service, StandIn: StandIn, StandsAs: "replicated " + Version, Does: does}
}
