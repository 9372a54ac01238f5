#!/usr/bin/env bash
# What a host says of itself, as lines KEY=VALUE; a key may come more than once. Reads only, and shows no key of anybody.
#
#   bash -s < probe.sh
#
# The words begin and end tell whole answers from cut ones and from what a login prints.
set -euo pipefail
export LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

fact() { printf '%s=%s\n' "$1" "$2"; }

# code OPTIONS… URL: the HTTP code of an answer, 000 for none.
code() { curl -s -o /dev/null --max-time 2 -w '%{http_code}' "$@" || true; }

# Each service, and of those that fail the last that they said themselves.
units() {
  local unit state
  for unit in containerd haproxy kubelet appliance-registry; do
    state=$(systemctl is-active "$unit" || true)
    fact unit "$unit $state"
    [[ $state == active || $state == inactive ]] || fact said "$unit $(journalctl -q -o cat -n 1 "_SYSTEMD_UNIT=$unit.service" || true)"
  done
}

control_plane() {
  [[ ! -e /etc/kubernetes/manifests/kube-apiserver.yaml ]] || fact api "$(code -k https://127.0.0.1:6443/readyz)"
  [[ ! -e /etc/systemd/system/appliance-registry.service ]] \
    || fact registry "$(code --cacert /etc/appliance/pki/ca.crt https://127.0.0.1:5000/v2/)"
}

# Weave's router tells its connections to its own host only.
peers() {
  local line
  while read -r line; do
    fact peer "$line"
  done < <(curl -s --max-time 2 http://127.0.0.1:6784/status/connections || true)
}

# Of each file the certificates alone, in base64: keys that may stand beside them are not touched.
certificates() {
  local file
  for file in /etc/kubernetes/pki/*.crt /etc/kubernetes/pki/etcd/*.crt /var/lib/kubelet/pki/kubelet-client-current.pem; do
    [[ ! -e $file ]] || fact certificate "${file##*/pki/} $(sed -n '/^-----BEGIN CERTIFICATE/,/^-----END CERTIFICATE/p' "$file" | base64 -w 0)"
  done
  for file in /etc/kubernetes/*.conf; do
    [[ ! -e $file ]] || fact certificate "${file##*/} $(sed -n 's/^ *client-certificate-data: *//p' "$file")"
  done
}

echo begin
units
control_plane
peers
certificates
echo end
