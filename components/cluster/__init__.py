"""The Kubernetes cluster: hosts prepared for kubeadm, the control plane, and the workers that join it."""
