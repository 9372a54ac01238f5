package main

import (
	"encoding/json"
	"fmt"
	"os"
)

// Appliance is what the stack was told to be, which no API server knows.
type Appliance struct {
	Stack      string   `json:"stack"`
	Kubernetes string   `json:"kubernetes"`
	Registry   string   `json:"registry"`
	Fallback   []string `json:"fallback"`
	Layers     []Layer  `json:"layers"`
}

// Layer is one part of the appliance and the workloads that carry it.
type Layer struct {
	Name      string     `json:"name"`
	Summary   string     `json:"summary"`
	Workloads []Selected `json:"workloads"`
}

// Selected is one workload, or without a name all of a namespace.
type Selected struct {
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
}

func (s Selected) has(one workload) bool {
	return s.Namespace == one.Metadata.Namespace && (s.Name == "" || s.Name == one.Metadata.Name)
}

func readAppliance(path string) (Appliance, error) {
	var found Appliance
	text, err := os.ReadFile(path)
	if err != nil {
		return found, err
	}
	if err := json.Unmarshal(text, &found); err != nil {
		return found, fmt.Errorf("%s is no JSON: %w", path, err)
	}
	return found, nil
}
