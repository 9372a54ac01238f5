#!/usr/bin/env bash
# What a host is like, as lines KEY=VALUE; a key may come more than once. Changes nothing, needs nothing installed, and
# runs for anyone: who is not root sees less.
#
#   bash -s root|sudo|none < probe.sh
#
# What cannot be read is left out. The words begin and end tell whole answers from cut ones and from what a login prints.
set -euo pipefail
export LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

fact() { printf '%s=%s\n' "$1" "${2//$'\n'/ }"; }

# first_line KEY FILE
first_line() {
  local line=
  [[ ! -r $2 ]] || { IFS= read -r line <"$2"; } 2>/dev/null || true
  [[ -z $line ]] || fact "$1" "$line"
}

system() (
  # shellcheck disable=SC1091
  [[ ! -r /etc/os-release ]] || . /etc/os-release
  fact system "${ID:-unknown} ${VERSION_ID:-unknown} ${ID_LIKE:-}"
  fact system_name "${PRETTY_NAME:-an unknown system}"
)

identity() {
  fact hostname "$(uname -n)"
  first_line machine_id /etc/machine-id
  first_line product_uuid /sys/class/dmi/id/product_uuid
}

init_system() { if [[ -d /run/systemd/system ]]; then fact systemd yes; else fact systemd no; fi; }

control_groups() {
  case $(stat -f -c %T /sys/fs/cgroup 2>/dev/null || true) in
    cgroup2fs) fact cgroup 2 && first_line cgroup_controllers /sys/fs/cgroup/cgroup.controllers ;;
    tmpfs) fact cgroup 1 ;;
  esac
}

sizes() {
  local key value path free
  fact architecture "$(uname -m)"
  fact kernel "$(uname -r)"
  fact cpus "$(nproc)"
  while read -r key value _; do
    [[ $key != MemTotal: ]] || fact memory_kib "$value"
  done </proc/meminfo
  for path in / /var/lib; do
    free=$(df --output=avail -k "$path" 2>/dev/null | tail -n 1 | tr -dc 0-9) || free=
    [[ -z $free ]] || fact free_kib "$free $path"
  done
}

swap() {
  local file size
  while read -r file _ size _; do
    [[ $file == Filename ]] || fact swap "$((size / 1024)) $file"
  done </proc/swaps
}

addresses() {
  local address
  while read -r _ _ _ address _; do
    fact address "${address%/*}"
  done < <(ip -oneline -4 address show 2>/dev/null || true)
}

# Each listening socket as "PROTOCOL PORT PROGRAM UNIT"; "-" for what cannot be seen. Without ss, no line at all.
ports() {
  command -v ss >/dev/null || return 0
  fact ports readable
  local protocol place rest program unit line
  while read -r protocol _ _ _ place _ rest; do
    program=- unit=-
    if [[ $rest =~ users:\(\(\"([^\"]+)\",pid=([0-9]+) ]]; then
      program=${BASH_REMATCH[1]// /_}
      while IFS= read -r line; do
        [[ ! $line =~ /([^/]+\.service)(/|$) ]] || unit=${BASH_REMATCH[1]}
      done 2>/dev/null <"/proc/${BASH_REMATCH[2]}/cgroup" || true
    fi
    fact port "$protocol ${place##*:} $program $unit"
  done < <(ss -Hltunp 2>/dev/null || true)
}

# Parts of the kernel: "NAME yes" where it is there or can be loaded, "no" where this kernel has no such part, and
# nothing where that cannot be told (a kernel whose modules lie elsewhere, as in a container).
kernel_parts() {
  local name modules
  modules=/lib/modules/$(uname -r)/modules.dep
  for name in overlay br_netfilter openvswitch vxlan esp4 ip_vs ip_vs_rr nf_tables; do
    if [[ -d /sys/module/$name ]] || modprobe -n -q "$name" 2>/dev/null \
      || { [[ $name == overlay ]] && grep -qw overlay /proc/filesystems; } \
      || { [[ $name == br_netfilter ]] && [[ -d /proc/sys/net/bridge ]]; }; then
      fact kernel_part "$name yes"
    elif [[ -r $modules || $name == overlay ]]; then
      fact kernel_part "$name no"
    fi
  done
}

programs() {
  local name
  for name in bash curl ip ss; do
    ! command -v "$name" >/dev/null || fact program "$name"
  done
  # Only root can ask sshd for its settings as they count.
  case $1:$(sshd -T 2>/dev/null | grep -ci '^subsystem sftp ' || true) in
    none:*) ;;
    *:0) fact sftp no ;;
    *) fact sftp yes ;;
  esac
}

# SHA-256 of the certificate itself, as `openssl x509 -fingerprint -sha256` has it; openssl need not be there.
fingerprint() {
  sed '/^-----END/q' "$1" | grep -v '^-----' | base64 -d | sha256sum | cut -d ' ' -f 1
}

cluster() {
  first_line cluster /var/lib/appliance/cluster
  [[ ! -r /etc/appliance/pki/ca.crt ]] || fact authority "$(fingerprint /etc/appliance/pki/ca.crt)"
  first_line installed_from /var/lib/appliance/source
}

# What is active that drops or forbids a cluster's doings. Only root can ask ufw.
defences() {
  local status
  [[ $(getenforce 2>/dev/null) != Enforcing ]] || fact defence SELinux
  ! systemctl is-active -q firewalld 2>/dev/null || fact defence firewalld
  status=$(ufw status 2>/dev/null) || true
  [[ $status != "Status: active"* ]] || fact defence ufw
}

# What a cluster, any cluster, leaves behind or is made of.
leftovers() {
  local path link
  for path in /etc/kubernetes/{kubelet,bootstrap-kubelet,admin}.conf /etc/kubernetes/manifests/* /var/lib/kubelet/config.yaml \
    /var/lib/etcd/member /etc/cni/net.d/* /var/lib/weave/weave-netdata.db /etc/rancher/{k3s,rke2} /var/lib/rancher/{k3s,rke2} \
    /var/snap/microk8s /var/lib/k0s; do
    [[ ! -e $path ]] || fact leftover "$path"
  done
  # Not from /sys/class/net, which in a container may be that of another network.
  while read -r _ link _; do
    case ${link%%[:@]*} in
      weave | datapath | vethwe-* | vxlan-6784 | cni0 | flannel* | cali* | vxlan.calico | cilium_* | kube-ipvs0 | kube-bridge | nodelocaldns)
        fact leftover "link ${link%%[:@]*}"
        ;;
    esac
  done < <(ip -oneline link show 2>/dev/null || true)
}

timesyncd_has_the_time() { [[ -e /run/systemd/timesync/synchronized ]]; }

# Not by timedatectl, which starts a service to answer.
synchronised() {
  local status
  if timesyncd_has_the_time; then
    fact synchronised yes
  elif status=$(timeout 5 chronyc -c tracking 2>/dev/null); then
    if [[ ${status##*,} == "Not synchronised" ]]; then fact synchronised no; else fact synchronised yes; fi
  elif ! systemctl is-active -q chrony chronyd ntp ntpd ntpsec openntpd 2>/dev/null; then
    # Any of those may be right; without one, nothing holds the clock.
    fact synchronised no
  fi
}

main() {
  printf 'begin\n'
  fact privilege "$1"
  fact user "${SUDO_USER:-$(id -un)}"
  system
  identity
  init_system
  control_groups
  sizes
  swap
  addresses
  ports
  kernel_parts
  programs "$1"
  cluster
  leftovers
  defences
  synchronised
  # Last, so that it is read just before the answer arrives.
  fact clock "$(date +%s.%N)"
  printf 'end\n'
}

# The rest of standard input is this file: nothing that runs here may read it.
main "$1" </dev/null
