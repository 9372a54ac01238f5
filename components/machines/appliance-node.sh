#!/usr/bin/env bash
# Everything the appliance does on a host. One file, because it travels as one asset; one function per noun.
#
#   bash appliance-node.sh COMMAND < parameters
#
# Parameters are KEY='value' lines on standard input, so that no value stands in a process list. Every command is
# idempotent: it looks at the finished state first and changes only what differs. Whoever runs it twice gets the same host.
set -euo pipefail

readonly STATE=/var/lib/appliance
readonly PKI=/etc/appliance/pki
readonly ADMIN=/etc/kubernetes/admin.conf
readonly REGISTRY_BALANCER=127.0.0.1:5002
readonly CONTAINERD_UNIT=/etc/systemd/system/containerd.service.d/appliance.conf
readonly CONTAINERD_FILE=/etc/containerd/config.toml
readonly MIRRORS_OF_CONTAINERD=/etc/containerd/certs.d
readonly BALANCER_FILE=/etc/haproxy/haproxy.cfg
readonly KUBELET_UNIT=/etc/systemd/system/kubelet.service
readonly REGISTRY_UNIT=/etc/systemd/system/appliance-registry.service
readonly REGISTRY_FILE=/etc/appliance/registry.yaml
readonly OSD_UNIT=/etc/systemd/system/appliance-osd.service
readonly OSD_PROGRAM=/usr/local/sbin/appliance-osd
readonly MODULES_FILE=/etc/modules-load.d/appliance.conf
readonly SYSCTL_FILE=/etc/sysctl.d/90-appliance.conf
changed=0
readonly RUNTIME=unix:///run/containerd/containerd.sock
export DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=l LC_ALL=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
# A host may give every login a proxy. What runs here talks to the cluster, kubeadm would write the proxy into the
# manifests of its pods, and what is outside is asked for with `outside`.
unset HTTP_PROXY HTTPS_PROXY FTP_PROXY ALL_PROXY NO_PROXY http_proxy https_proxy ftp_proxy all_proxy no_proxy

say() { printf '%s: %s\n' "${NODE_NAME:-$(hostname)}" "$*" >&2; }
die() {
  say "error: $*"
  exit 1
}

# await SECONDS FACT CURE PROBE…: poll until PROBE succeeds; otherwise end with one sentence.
await() {
  local limit=$1 fact=$2 cure=$3 deadline
  shift 3
  deadline=$((SECONDS + limit))
  until "$@" >/dev/null 2>&1; do
    ((SECONDS < deadline)) || die "$fact did not come true within ${limit} s. $cure"
    sleep 1
  done
}

# install_text FILE MODE: standard input becomes FILE; sets changed=1 if it was not that already.
# Feed it with <<< or < <(…), never through a pipe: in a pipe it would set the variable of a subshell.
install_text() {
  local file=$1 mode=$2 new
  mkdir -p "${file%/*}"
  new=$(mktemp "${file}.XXXXXX")
  cat >"$new"
  chmod "$mode" "$new"
  if cmp -s "$new" "$file"; then
    rm -f "$new"
    chmod "$mode" "$file"
  else
    mv -f "$new" "$file"
    changed=1
  fi
}

only_one_at_a_time() {
  mkdir -p "$STATE"
  exec 9>"$STATE/lock"
  flock -w 1200 9 || die "another appliance command has held $STATE/lock for 20 minutes. End it (fuser $STATE/lock) and run again."
}

# A host knows whose cluster it is in, so that another stack, or the same one with new secrets, does not change it unseen.
same_cluster() {
  local ours
  ours=$(cluster_mark)
  if [[ -s $STATE/cluster && $(<"$STATE/cluster") != "$ours" ]]; then
    die "this host belongs to the cluster $(cut -d ' ' -f 1 "$STATE/cluster") of another stack, or of this one with other secrets. Take it out there first (make down), or bring the secrets back."
  fi
  install_text "$STATE/cluster" 0644 <<<"$ours"
}

cluster_mark() {
  local authority name
  authority=$(sed '/-----/d' <<<"$CA_CERTIFICATE" | base64 -d | sha256sum)
  name=${API_NAME#api.}
  printf '%s %s\n' "${name%.internal}" "${authority%% *}"
}

# --- host_key: the key that this host keeps, in place of the one that it was made with ---

# host_key: HOST_KEY (PEM) becomes the only SSH host key. The one before may have been read by others (user data), and one
# of another kind could be chosen by a client that expects this one.
host_key() {
  local directory=/etc/ssh new unit
  new=$(mktemp "$directory/.appliance-host-key.XXXXXX")
  cat >"$new" <<<"$HOST_KEY"
  chmod 0600 "$new"
  ssh-keygen -y -f "$new" >"$new.pub" 2>/dev/null || {
    rm -f "$new" "$new.pub"
    die "the host key that was handed over cannot be read by this host's ssh-keygen. Use an image with OpenSSH 7.8 or later."
  }
  chmod 0644 "$new.pub"
  mv -f "$new.pub" "$directory/ssh_host_ecdsa_key.pub"
  mv -f "$new" "$directory/ssh_host_ecdsa_key"
  rm -f "$directory"/ssh_host_{rsa,dsa,ed25519}_key{,.pub}
  sshd_takes_it
  for unit in ssh sshd; do
    ! systemctl is-active -q "$unit" || systemctl reload "$unit"
  done
  say "has the host key that it keeps: $(ssh-keygen -l -f "$directory/ssh_host_ecdsa_key.pub" | cut -d ' ' -f 2)"
}

sshd_takes_it() {
  sshd -t 2>/dev/null || die "sshd does not start with its new host key: $(sshd -t 2>&1 | tail -n 1). See HostKey in /etc/ssh/sshd_config."
}

# --- registry: serves the bundle's images and host packages, read-only, on every control plane ---

registry() {
  [[ -x /usr/local/bin/registry ]] || die "/usr/local/bin/registry is missing: the bundle was not pushed to this host."
  same_cluster
  local changed=0
  install_text "$PKI/registry.crt" 0644 <<<"$REGISTRY_CERTIFICATE"
  install_text "$PKI/registry.key" 0600 <<<"$REGISTRY_KEY"
  install_text "$REGISTRY_FILE" 0644 < <(registry_configuration)
  install_text "$REGISTRY_UNIT" 0644 < <(registry_unit)
  systemctl daemon-reload
  systemctl enable -q appliance-registry
  # A new binary under the same unit needs a restart too.
  [[ $(readlink -f "/proc/$(systemctl show -P MainPID appliance-registry)/exe" 2>/dev/null) == /usr/local/bin/registry ]] || changed=1
  ((changed == 0)) || systemctl restart appliance-registry
  await 30 "the registry on port 5000" "See journalctl -u appliance-registry." \
    curl -fsS --cacert <(printf '%s\n' "$CA_CERTIFICATE") "https://$NODE_ADDRESS:5000/v2/"
  say "registry serves on https://$NODE_ADDRESS:5000"
}

registry_configuration() {
  cat <<EOF
version: 0.1
log: {level: warn, accesslog: {disabled: true}}
storage:
  filesystem: {rootdirectory: $STATE/registry}
  maintenance: {readonly: {enabled: true}}
http:
  addr: :5000
  tls: {certificate: $PKI/registry.crt, key: $PKI/registry.key, minimumtls: tls1.2}
EOF
}

registry_unit() {
  cat <<'EOF'
[Unit]
Description=Registry of the appliance's images and host packages
After=network.target
[Service]
Environment=OTEL_TRACES_EXPORTER=none
ExecStart=/usr/local/bin/registry serve /etc/appliance/registry.yaml
Restart=always
RestartSec=2
ProtectSystem=full
NoNewPrivileges=true
[Install]
WantedBy=multi-user.target
EOF
}

# --- prepare: a bare host becomes one that kubeadm can use ---

check_host() {
  [[ $(id -u) == 0 ]] || die "the appliance needs root here: use root or a user with passwordless sudo."
  system_fits
  defences_fit
  check_hardware
  check_init
  check_clock
  host_ports_free
}

# `make check-hosts` looks at all hosts beforehand; these hold also for who comes another way, or later.
check_hardware() {
  [[ $(uname -m) == x86_64 ]] || die "this host is $(uname -m), and the programs are built for x86_64. Use an amd64 machine."
  local memory free
  memory=$(awk '/^MemTotal:/ { print int($2 / 1024) }' /proc/meminfo)
  ((memory >= MINIMUM_MEMORY_MIB)) || die "this host has $memory MiB of memory and needs $MINIMUM_MEMORY_MIB MiB (hosts.checks.memory.fail)."
  # A node that is installed has used its share already.
  [[ ! -s /etc/kubernetes/kubelet.conf ]] || return 0
  free=$(df --output=avail -BM /var/lib | tail -n 1 | tr -dc 0-9)
  ((free >= MINIMUM_DISK_MIB)) \
    || die "/var/lib has $free MiB free and needs $MINIMUM_DISK_MIB MiB (hosts.checks.disk.fail). Free some or add a disk."
}

booted_by_systemd() { [[ -d /run/systemd/system ]]; }

check_init() {
  booted_by_systemd || die "this host was not booted by systemd, and all that runs on a node is a unit. Boot it with systemd as PID 1."
  # Who shares a kernel has the machine's cgroups, and kubelet is told to live with them.
  [[ $SHARED_KERNEL == 0 && $(stat -f -c %T /sys/fs/cgroup) != cgroup2fs ]] || return 0
  local minor=${KUBERNETES_VERSION#*.}
  ((${minor%%.*} < 35)) \
    || die "this host has cgroup version 1, on which kubelet $KUBERNETES_VERSION does not start. Boot with systemd.unified_cgroup_hierarchy=1."
}

clock_is_right() { (($(date +%s) >= CA_VALID_FROM)); }

# A machine that has just booted may still be waiting for its time server.
check_clock() {
  await 60 "a clock past $(date -u -d "@$CA_VALID_FROM" +%FT%TZ), when the stack's CA certificate begins," \
    "It is $(date -u +%FT%TZ) here: set the clock, and run an NTP client." clock_is_right
}

# HOST_PORTS: those that the ingress's pods take. No program of ours listens there: packets are sent on before any could.
host_ports_free() {
  local port owner
  for port in ${HOST_PORTS:-}; do
    owner=$(listener "$port")
    [[ -z $owner ]] \
      || die "port $port is taken by $owner, and the ingress would take its connections away. Stop that program or move it to another port, or take the group ingress out of the configuration."
  done
}

# of_system NAME: a value of os-release, empty if it has none.
of_system() (
  # shellcheck disable=SC1091
  . /etc/os-release
  printf '%s' "${!1:-}"
)

online() { [[ -n ${REPOSITORIES:-} ]]; }

# package_format: deb or rpm; nothing for a system that the vendors' repositories are not made for.
package_format() {
  local id release
  id=$(of_system ID)
  release=$(of_system VERSION_ID)
  case "$id ${release%%.*}" in
    "debian 1"[2-9] | "ubuntu 22" | "ubuntu 24") echo deb ;;
    *" 9") [[ " $id $(of_system ID_LIKE) " != *" rhel "* ]] || echo rpm ;;
  esac
}

system_fits() {
  local runs
  runs=$(of_system PRETTY_NAME)
  if online; then
    [[ -n $(package_format) ]] \
      || die "this host runs ${runs:-an unknown system}; without a bundle, Debian 12 and later, Ubuntu 22.04 and 24.04, and RHEL 9 and its likes are supported."
  else
    [[ "$(of_system ID) $(of_system VERSION_ID)" == "debian 12" ]] \
      || die "this host runs ${runs:-an unknown system}, and the bundle's packages are those of Debian 12. Use Debian 12, or leave airgap.bundle out to install from the vendors' repositories."
  fi
}

# What would block the cluster is its owner's to decide: nothing here lowers a host's defences.
defences_fit() {
  [[ $(getenforce 2>/dev/null) != Enforcing ]] \
    || die "SELinux is enforcing here, and under it pods of the cluster itself cannot write what they must on the host. Run setenforce 0 and set SELINUX=permissive in /etc/selinux/config."
  ! systemctl is-active -q firewalld 2>/dev/null \
    || die "firewalld runs here, and it drops the cluster's traffic. Run systemctl disable --now firewalld and filter outside of the host."
  ! grep -q '^Status: active' < <(ufw status 2>/dev/null) \
    || die "ufw is active here, and it drops the cluster's traffic. Run ufw disable and filter outside of the host."
}

# Packages of one source would replace those of the other, the runtime of living pods among them.
same_source() {
  local before=
  [[ ! -x /usr/local/bin/kubelet ]] || before=bundle
  [[ ! -s $STATE/source ]] || before=$(<"$STATE/source")
  case $before,$(source_of_packages) in
    bundle,vendors) die "this host was installed from the bundle, and airgap.bundle is not set any more. Set it again, or install the host's system anew." ;;
    vendors,bundle) die "this host was installed from the vendors' repositories, and airgap.bundle is set now. Leave it out again, or install the host's system anew." ;;
  esac
}

source_of_packages() { if online; then echo vendors; else echo bundle; fi; }

# A changed version would replace kubelet under a control plane that stays what it is: upgrading is more than that.
same_version() {
  [[ -s /etc/kubernetes/kubelet.conf ]] && command -v kubelet >/dev/null || return 0
  local runs
  runs=$(kubelet --version | sed 's/^Kubernetes v//')
  [[ $runs == "$KUBERNETES_VERSION" ]] \
    || die "this node runs Kubernetes $runs and kubernetes.version says $KUBERNETES_VERSION; upgrades come with a later release. Set it back."
}

kernel() {
  install_text "$MODULES_FILE" 0644 < <(kernel_modules)
  local module
  for module in $(kernel_modules); do
    modprobe -q "$module" 2>/dev/null || true
  done
  grep -qw overlay /proc/filesystems || die "the kernel has no overlayfs. Boot a kernel that has it."
  install_text "$SYSCTL_FILE" 0644 < <(kernel_settings)
  sysctl -q --load "$SYSCTL_FILE"
  if [[ ${SWAP_ALLOWED:-0} == 0 ]] && [[ -n $(swapon --noheadings --show 2>/dev/null) ]]; then
    swapoff -a
    sed -i.appliance -E '/^[^#].*[[:space:]]swap[[:space:]]/s/^/# appliance: /' /etc/fstab
  fi
}

kernel_modules() { printf '%s\n' overlay br_netfilter; }

kernel_settings() {
  local key
  echo 'net.ipv4.ip_forward = 1'
  for key in net.bridge.bridge-nf-call-iptables net.bridge.bridge-nf-call-ip6tables; do
    [[ ! -e /proc/sys/${key//.//} ]] || echo "$key = 1"
  done
}

names() {
  local rest
  rest=$(sed '/# appliance$/d' /etc/hosts 2>/dev/null || true)
  install_text /etc/hosts 0644 < <(
    printf '%s\n' "$rest"
    own_names
  )
}

own_names() { printf '127.0.0.1 %s # appliance\n%s %s # appliance\n' "$API_NAME" "$NODE_ADDRESS" "$NODE_NAME"; }

# fetch blobs|manifests REPOSITORY SHA256 FILE: by digest, from whichever registry answers; a wrong byte never gets a name.
fetch() {
  local kind=$1 repository=$2 sha=$3 file=$4 registry
  if [[ -f $file ]] && sha256sum --status -c <<<"$sha  $file"; then return 0; fi
  mkdir -p "${file%/*}"
  for registry in $REGISTRIES; do
    if curl -fsS --connect-timeout 5 --retry 3 --cacert "$PKI/ca.crt" -H 'Accept: application/vnd.oci.image.manifest.v1+json' \
      -o "$file.part" "https://$registry/v2/$repository/$kind/sha256:$sha" && sha256sum --status -c <<<"$sha  $file.part"; then
      mv -f "$file.part" "$file"
      return 0
    fi
    # Whoever did not give this file is asked last for the next one.
    REGISTRIES="${REGISTRIES/"$registry"/} $registry"
  done
  rm -f "$file.part"
  die "no registry of ($REGISTRIES) gave $repository@sha256:$sha. Run make up again; if it stays, push the bundle anew."
}

# contents REPOSITORY SHA256: lines "SHA256 TITLE" of the files that an artifact's manifest lists.
contents() {
  fetch manifests "$1" "$2" "$STATE/manifests/$2"
  listed "$STATE/manifests/$2"
}

# listed FILE: the same of a manifest that is here.
listed() {
  local layer sha
  sed 's/{"mediaType"/\n&/g; s/{"annotations"/\n&/g' "$1" | while read -r layer || [[ -n $layer ]]; do
    [[ $layer =~ \"digest\":\"sha256:([0-9a-f]{64})\" ]] || continue
    sha=${BASH_REMATCH[1]}
    [[ $layer =~ \"org.opencontainers.image.title\":\"([^\"]+)\" ]] || continue
    printf '%s %s\n' "$sha" "${BASH_REMATCH[1]}"
  done
}

# PACKAGES: "REPOSITORY SHA256" of the artifact whose files are NAME_VERSION_ARCH.deb.
packages() {
  local repository=${PACKAGES% *} sha file name version missing=()
  while read -r sha file; do
    read -r name version < <(package_of "$file")
    ! new_enough "$name" "$version" || continue
    fetch blobs "$repository" "$sha" "$STATE/packages/$file"
    missing+=("$STATE/packages/$file")
  done < <(contents "$repository" "${PACKAGES#* }")
  ((${#missing[@]} > 0)) || return 0
  say "installing ${#missing[@]} packages"
  # Without sources apt has nothing but these files, so it can neither ask the network nor take another version.
  apt-get install -y -q --no-install-recommends -o Dpkg::Options::=--force-confold -o Dir::Etc::SourceList=/dev/null \
    -o Dir::Etc::SourceParts=/dev/null "${missing[@]}" >"$STATE/packages.log" 2>&1 || {
    tail -n 15 "$STATE/packages.log" >&2
    die "apt-get could not install the bundle's packages; the end of $STATE/packages.log is above."
  }
  rm -rf "$STATE/packages"
}

# package_of FILE: name and version that the file NAME_VERSION_ARCH.deb is of.
package_of() {
  local version=${1#*_}
  version=${version%_*}
  echo "${1%%_*} ${version//%3a/:}"
}

# new_enough NAME VERSION: an installed version that is newer than the bundle's is the host's business: never downgrade.
new_enough() {
  local installed
  # shellcheck disable=SC2016
  installed=$(dpkg-query -f '${Version}' -W "$1" 2>/dev/null || echo 0)
  dpkg --compare-versions "$installed" ge "$2"
}

# FILES: lines "REPOSITORY SHA256 DIRECTORY" of artifacts whose files are programs.
files() {
  local repository digest directory sha title
  while read -r repository digest directory; do
    while read -r sha title; do
      if [[ -f $directory/$title ]] && sha256sum --status -c <<<"$sha  $directory/$title"; then continue; fi
      fetch blobs "$repository" "$sha" "$STATE/files/$sha"
      install -D -m 0755 "$STATE/files/$sha" "$directory/$title.new"
      mv -f "$directory/$title.new" "$directory/$title"
      rm -f "$STATE/files/$sha"
    done < <(contents "$repository" "$digest")
  done <<<"$FILES"
}

# outside PROGRAM…: run a program with the proxy's environment, if there is a proxy.
outside() {
  # shellcheck disable=SC2086 # KEY=VALUE words
  env ${PROXY_ENVIRONMENT:-} "$@"
}

# REPOSITORIES: lines "NAME FORMAT FINGERPRINT KEY SOURCE" of the vendors' package repositories. What those of this
# host's format are to be called with, as lines "NAME FINGERPRINT KEY SOURCE".
repositories() {
  local name form fingerprint key source
  while read -r name form fingerprint key source; do
    [[ $form == "$(package_format)" ]] || continue
    printf '%s %s %s %s\n' "$name" "$fingerprint" "$key" "$source"
  done <<<"$REPOSITORIES" | sed -e "s/{distribution}/$(of_system ID)/g" -e "s/{codename}/$(of_system VERSION_CODENAME)/g" \
    -e "s/{release}/$(of_system VERSION_ID | cut -d . -f 1)/g"
}

# any VERSION: a pattern for all packages of a version, or of the beginning of one.
any() { case $1 in *.*.*) echo "$1-*" ;; *) echo "$1.*" ;; esac; }

# lacking INSTALLED PACKAGE…: those packages, NAME or NAME=PATTERN, that INSTALLED does not print a fitting version of.
lacking() {
  local installed=$1 package pattern
  shift
  for package in "$@"; do
    pattern='?*'
    [[ $package != *=* ]] || pattern=${package#*=}
    # shellcheck disable=SC2053 # the right side is a pattern
    [[ $("$installed" "${package%%=*}") == $pattern ]] || echo "$package"
  done
}

vendor_packages() {
  local pinned
  read -ra pinned < <(pinned_packages)
  "packages_of_$(package_format)" "${pinned[@]}"
}

# pinned_packages: those that the host's own updates leave alone, as NAME=PATTERN.
pinned_packages() {
  local kubernetes containerd
  kubernetes=$(any "$KUBERNETES_VERSION")
  containerd=$(any "$CONTAINERD_VERSION")
  echo "kubelet=$kubernetes" "kubeadm=$kubernetes" "kubectl=$kubernetes" "containerd.io=$containerd"
}

readonly DEB_HELPERS=(haproxy conntrack ipset iptables socat ethtool kmod)
readonly RPM_HELPERS=(haproxy conntrack-tools ipset iptables-nft iproute-tc socat ethtool kmod)

packages_failed() {
  tail -n 15 "$STATE/packages.log" >&2
  die "$1; the end of $STATE/packages.log is above."
}

# fetch_key URL FILE: a public key as text. Where it comes from is no reason to trust it: who uses it names a fingerprint.
fetch_key() {
  mkdir -p "${2%/*}"
  outside curl -fsSL --retry 3 -o "$2.part" "$1" >>"$STATE/packages.log" 2>&1 || packages_failed "the repository's key $1 cannot be fetched"
  grep -q 'BEGIN PGP PUBLIC KEY BLOCK' "$2.part" \
    || die "$1 is no PGP public key in text form. Look at what the host gets from there, or set the key's address in the group online."
  chmod 0644 "$2.part"
  mv -f "$2.part" "$2"
}

deb_version() {
  # shellcheck disable=SC2016
  dpkg-query -f '${db:Status-Status} ${Version}' -W "$1" 2>/dev/null | sed -n 's/^installed //p'
}

# apt counts only signatures of the key with the fingerprint, whatever else the file of keys may hold.
deb_sources() {
  local name fingerprint key source
  repositories | while read -r name fingerprint key source; do
    printf 'deb [arch=amd64 signed-by=/etc/apt/keyrings/appliance-%s.asc,%s] %s\n' "$name" "$fingerprint" "$source"
  done
}

packages_of_deb() {
  local list=/etc/apt/sources.list.d/appliance.list missing name fingerprint key source
  mapfile -t missing < <(lacking deb_version "${DEB_HELPERS[@]}" "$@")
  if ((${#missing[@]} > 0)); then
    : >"$STATE/packages.log"
    while read -r name fingerprint key source; do
      fetch_key "$key" "/etc/apt/keyrings/appliance-$name.asc"
    done < <(repositories)
  fi
  install_text "$list" 0644 < <(deb_sources)
  ((${#missing[@]} == 0)) || install_debs "$list" "${missing[@]}"
  # The host's own updates leave them alone.
  apt-mark hold "${@%%=*}" >/dev/null
}

# install_debs LIST PACKAGE…: the packages, from the sources in our list and the host's own.
install_debs() {
  local list=$1 options=(-q -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3)
  shift
  say "installing $*"
  # Ours by themselves, so that their faults end this and those of other sources of the host do not.
  outside apt-get update "${options[@]}" -o Dir::Etc::SourceList="$list" -o Dir::Etc::SourceParts=/dev/null \
    -o APT::Get::List-Cleanup=0 -o APT::Update::Error-Mode=any >>"$STATE/packages.log" 2>&1 \
    || packages_failed "the repositories in $list cannot be used; if a signature is at fault, it is not of the key that the group online pins"
  outside apt-get update "${options[@]}" >>"$STATE/packages.log" 2>&1 || true
  outside apt-get install -y "${options[@]}" --no-install-recommends --no-remove --allow-downgrades --allow-change-held-packages \
    -o Dpkg::Options::=--force-confold "$@" >>"$STATE/packages.log" 2>&1 || packages_failed "apt-get could not install $*"
}

rpm_version() { rpm -qa --qf '%{VERSION}-%{RELEASE}\n' "$1"; }

# Excluded packages are left alone by the host's own updates; we lift that when we want them.
rpm_sources() {
  local name fingerprint key source
  repositories | while read -r name fingerprint key source; do
    printf '[appliance-%s]\nname=%s for the appliance\nbaseurl=%s\nenabled=1\ngpgcheck=1\n' "$name" "$name" "$source"
    printf 'gpgkey=file:///etc/pki/rpm-gpg/appliance-%s.asc\nexcludepkgs=kubelet kubeadm kubectl containerd.io\n\n' "$name"
  done
}

# only_key FINGERPRINT FILE: leaves that key in the file and no other, since dnf takes all that are there.
only_key() {
  local home
  home=$(mktemp -d)
  gpg --homedir "$home" --batch --quiet --no-autostart --import "$2" 2>>"$STATE/packages.log" || true
  gpg --homedir "$home" --batch --quiet --no-autostart --armor --export "$1" >"$home/only" 2>>"$STATE/packages.log" || true
  install -m 0644 "$home/only" "$2"
  rm -rf "$home"
  [[ -s $2 ]] || die "the repository's key is not the one with the fingerprint $1, which the group online pins."
}

packages_of_rpm() {
  local missing name fingerprint key source
  mapfile -t missing < <(lacking rpm_version "${RPM_HELPERS[@]}" "$@")
  if ((${#missing[@]} > 0)); then
    : >"$STATE/packages.log"
    while read -r name fingerprint key source; do
      fetch_key "$key" "/etc/pki/rpm-gpg/appliance-$name.asc"
      only_key "$fingerprint" "/etc/pki/rpm-gpg/appliance-$name.asc"
    done < <(repositories)
  fi
  install_text /etc/yum.repos.d/appliance.repo 0644 < <(rpm_sources)
  ((${#missing[@]} > 0)) || return 0
  say "installing ${missing[*]}"
  outside dnf install -y -q --setopt=install_weak_deps=False --disableexcludes=appliance-kubernetes,appliance-containerd \
    "${missing[@]/=/-}" >>"$STATE/packages.log" 2>&1 || packages_failed "dnf could not install ${missing[*]}"
}

# With several registries the node's load balancer is asked first: it knows which are alive, while containerd waits half a
# minute at each request for one whose host is dead. The registries themselves stand behind it, for while it is not there.
balanced_registry() { [[ ${REGISTRIES:-} != *' '* ]] || echo "$REGISTRY_BALANCER"; }

# containerd reads these files at every pull, so a change needs no restart. Those of other programs stay.
mirrors() {
  local upstream text argument file
  while read -r upstream text argument; do
    install_text "$MIRRORS_OF_CONTAINERD/$upstream/hosts.toml" 0644 < <("$text" "$argument")
  done < <(mirrored)
  while read -r file; do
    rm -f "$file"
  done < <(mirrors_of_before)
}

# mirrored: lines "UPSTREAM FUNCTION ARGUMENT": which registries have a hosts.toml, and what prints it.
# MIRRORS: lines "UPSTREAM HOST[:PORT][/PATH]".
# DAEMON_REGISTRY: HOST:PORT of the registry that Replicated's daemon has in the cluster.
mirrored() {
  local upstream registry
  for upstream in ${UPSTREAMS:-}; do
    echo "$upstream hosts_of_upstream $upstream"
  done
  while read -r upstream registry; do
    [[ -z $upstream ]] || echo "$upstream hosts_of_mirror $registry"
  done <<<"${MIRRORS:-}"
  [[ -z ${DAEMON_REGISTRY:-} ]] || echo "$DAEMON_REGISTRY hosts_of_daemon"
}

# mirrors_of_before: the files of ours that nothing asks for any more.
mirrors_of_before() {
  local wanted upstream file
  wanted=" $(mirrored | cut -d ' ' -f 1 | paste -sd ' ') "
  for file in "$MIRRORS_OF_CONTAINERD"/*/hosts.toml; do
    upstream=$(basename "${file%/*}")
    [[ $wanted == *" $upstream "* ]] || ! grep -qsx '# of the appliance' "$file" || echo "$file"
  done
}

# hosts_of_upstream HOST: the bundle's registries stand before it.
hosts_of_upstream() {
  local registry
  echo '# of the appliance'
  for registry in $(balanced_registry) $REGISTRIES; do
    # The upstream's name is the first part of the repository's path, so two upstreams never share a name.
    printf '[host."https://%s/v2/%s"]\n  capabilities = ["pull", "resolve"]\n  override_path = true\n  ca = "%s"\n' \
      "$registry" "$1" "$PKI/ca.crt"
  done
}

# hosts_of_mirror HOST[:PORT][/PATH]: it stands where the upstream stood, which is not asked any more.
hosts_of_mirror() {
  local host=${1%%/*}
  printf '# of the appliance\nserver = "https://%s"\ncapabilities = ["pull", "resolve"]\noverride_path = true\n' "$host/v2${1#"$host"}"
}

# The daemon's registry first, and the hosts' while its pod is away: repositories have the same names in both. `server` is
# who is asked last; left out, containerd would put the daemon there again, with the authorities of the system.
hosts_of_daemon() {
  local registry last=$DAEMON_REGISTRY
  for registry in ${REGISTRIES:-}; do last=$registry; done
  printf '# of the appliance\nserver = "https://%s"\ncapabilities = ["pull", "resolve"]\nca = "%s"\n' "$last" "$PKI/ca.crt"
  for registry in "$DAEMON_REGISTRY" $(balanced_registry) ${REGISTRIES:-}; do
    [[ $registry == "$last" ]] || printf '[host."https://%s"]\n  capabilities = ["pull", "resolve"]\n  ca = "%s"\n' "$registry" "$PKI/ca.crt"
  done
}

# The host's own store of authorities: apt, dnf and curl read it whenever they start, containerd once.
trust() {
  local file=/usr/local/share/ca-certificates/appliance.crt update=update-ca-certificates changed=0 wanted stored
  if [[ -d /etc/pki/ca-trust/source/anchors ]]; then
    file=/etc/pki/ca-trust/source/anchors/appliance.crt update=update-ca-trust
  fi
  wanted=$(sha256sum <<<"${AUTHORITIES:-}")
  # What the store was last made of: a run may have been killed between the file and the store.
  stored=$(cat "$STATE/trust" 2>/dev/null || sha256sum <<<'')
  if [[ -n ${AUTHORITIES:-} ]]; then
    command -v "$update" >/dev/null || die "$update is missing, so trust.caFile cannot be put into the host's store. Install the package ca-certificates."
    install_text "$file" 0644 <<<"$AUTHORITIES"
  elif [[ -e $file ]]; then
    rm -f "$file"
    changed=1
  fi
  [[ $changed$stored != "0$wanted" ]] || return 0
  "$update" >/dev/null 2>&1 || die "$update failed; run it on the host to see why."
  install_text "$STATE/trust" 0644 <<<"$wanted"
}

# What containerd reads only when it starts stands as a digest in its environment, which tells what the one that runs
# has read, also after a run of this that was killed in between. On a node of the cluster it reads it when it is that node's
# turn (renew): all hosts are prepared at once, and nodes without a runtime at the same moment start no pod anywhere.
containerd_service() {
  mirrors
  install_text "$CONTAINERD_FILE" 0644 <<<"$CONTAINERD_CONFIG"
  install_text "$CONTAINERD_UNIT" 0644 < <(containerd_environment)
  systemctl daemon-reload
  systemctl enable -q containerd
  if ! systemctl is-active -q containerd; then
    systemctl start containerd
  elif containerd_is_outdated && [[ ! -s /etc/kubernetes/kubelet.conf ]]; then
    systemctl restart containerd
  fi
  await 60 "containerd's socket" "See journalctl -u containerd." test -S "${RUNTIME#unix://}"
}

containerd_environment() {
  local digest
  digest=$(printf '%s\n' "$CONTAINERD_CONFIG" "${PROXY_ENVIRONMENT:-}" "${AUTHORITIES:-}" | sha256sum | cut -c 1-16)
  printf '[Service]\nEnvironment=%s\n' "APPLIANCE_CONFIGURATION=$digest${PROXY_ENVIRONMENT:+ $PROXY_ENVIRONMENT}"
}

containerd_is_outdated() {
  local wanted
  wanted=$(grep -o 'APPLIANCE_CONFIGURATION=[0-9a-f]*' "$CONTAINERD_UNIT") || return 1
  ! grep -qzx "$wanted" "/proc/$(systemctl show -P MainPID containerd)/environ" 2>/dev/null
}

# Each node finds the API servers at 127.0.0.1:7443: the name is the same everywhere and no node is special.
load_balancer() {
  local changed=0
  install_text "$BALANCER_FILE" 0644 < <(balancer_configuration)
  systemctl enable -q haproxy
  # A reload keeps the connections that are open; a service that is not running is started.
  if ((changed)); then systemctl reload-or-restart haproxy; else systemctl start haproxy; fi
}

balancer_configuration() {
  local address registry
  cat <<'EOF'
global
  maxconn 4096
  log stdout format raw daemon notice
defaults
  mode tcp
  timeout connect 5s
  timeout client 1h
  timeout server 1h
  option tcpka
listen kubernetes-api
  bind 127.0.0.1:7443
  option httpchk GET /readyz
  default-server check check-ssl verify none inter 2s fall 3 rise 1
EOF
  for address in $CONTROL_PLANES; do
    printf '  server %s %s:6443\n' "${address//./-}" "$address"
  done
  [[ -n $(balanced_registry) ]] || return 0
  printf 'listen registries\n  bind %s\n  default-server check inter 2s fall 2 rise 1\n' "$REGISTRY_BALANCER"
  for registry in $REGISTRIES; do
    printf '  server %s %s\n' "${registry//[.:]/-}" "$registry"
  done
}

kubelet_service() {
  install_text "$KUBELET_UNIT" 0644 < <(kubelet_unit)
  systemctl daemon-reload
  systemctl enable -q kubelet
}

kubelet_unit() {
  cat <<'EOF'
[Unit]
Description=Kubernetes node agent
Wants=network-online.target
After=network-online.target containerd.service
[Service]
Environment="KUBELET_KUBECONFIG_ARGS=--bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf --kubeconfig=/etc/kubernetes/kubelet.conf"
Environment="KUBELET_CONFIG_ARGS=--config=/var/lib/kubelet/config.yaml"
# It talks to the cluster alone; containerd pulls images.
UnsetEnvironment=HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY http_proxy https_proxy all_proxy no_proxy
EnvironmentFile=-/var/lib/kubelet/kubeadm-flags.env
EnvironmentFile=-/etc/default/kubelet
ExecStart=kubelet $KUBELET_KUBECONFIG_ARGS $KUBELET_CONFIG_ARGS $KUBELET_KUBEADM_ARGS $KUBELET_EXTRA_ARGS
Restart=always
StartLimitInterval=0
RestartSec=3
[Install]
WantedBy=multi-user.target
EOF
}

# current: the script under a name that stays when another version comes, for commands that need not be run anew then.
current() {
  local place=${0%/*} link
  link=$(mktemp -u "$place/.node.XXXXXX")
  ln -s "${0##*/}" "$link"
  mv -fT "$link" "$place/node.sh"
}

prepare() {
  current
  check_host
  same_cluster
  same_source
  same_version
  install_text "$PKI/ca.crt" 0644 <<<"$CA_CERTIFICATE"
  names
  kernel
  trust
  if online; then
    vendor_packages
  else
    packages
    files
  fi
  install_text "$STATE/source" 0644 < <(source_of_packages)
  containerd_service
  load_balancer
  kubelet_service
  say "prepared for Kubernetes"
}

# --- control plane ---

# On a control plane always its own API server: the balancer may send a call to one that is just leaving.
kube() { kubectl --kubeconfig "$ADMIN" --server "https://$NODE_ADDRESS:6443" --request-timeout 10s "$@"; }

ready() { kube get --raw /readyz; }

# kubeadm writes admin.conf long before it is done; the add-on phase is its last, so that is what "finished" looks at.
initialised() {
  [[ -s $ADMIN && -s /etc/kubernetes/kubelet.conf && ! -e $STATE/joining ]] && ready >/dev/null 2>&1 \
    && kube -n kube-public get configmap cluster-info >/dev/null 2>&1 \
    && kube -n kube-system get daemonset/kube-proxy deployment/coredns >/dev/null 2>&1
}

# standing: one word for the membership transaction. serving: a control plane; holding: it has a cluster's data and does
# not serve; joined: a worker; apart: none of these.
standing() {
  if initialised; then
    echo serving
  elif [[ -e $STATE/initialised ]]; then
    echo holding
  elif joined; then
    echo joined
  else
    echo apart
  fi
}

# listener PORT: the program that listens there; nothing if none does.
listener() { ss -Hltnp "sport = :$1" | sed -n 's/.*users:(("\([^"]*\)",pid=\([0-9]*\),.*/\1 (process \2)/p' | sed -n 1p; }

port_free() {
  local owner
  owner=$(listener "$1")
  [[ -z $owner || $owner == *kube-apiserver* ]] \
    || die "port $1 is taken by $owner; the API server needs it. Stop that program or move it, then run again."
}

# What kubeadm wrote into a cluster at init does not follow the configuration by itself.
frozen() { sed -n '/^kind: ClusterConfiguration/,/^---/p; /^mode:/p' "$1"; }

same_settings() {
  [[ -s /etc/appliance/kubeadm.yaml ]] || return 0
  local differences
  differences=$(diff <(frozen /etc/appliance/kubeadm.yaml) <(frozen /dev/stdin <<<"$KUBEADM_INIT") | sed -n 's/^[<>] *#* *//p' | paste -sd ';') || true
  [[ -z $differences ]] \
    || die "the cluster was made with other settings ($differences); this release cannot change them on a living cluster. Set them back."
}

# revive: a control plane that is one already serves again. Its data is never initialised over.
revive() {
  same_settings
  systemctl enable -q --now containerd haproxy kubelet
  await 300 "the API server at $NODE_ADDRESS:6443" \
    "This host holds a cluster's data, so it is not initialised again; see crictl or journalctl -u kubelet." initialised
  touch "$STATE/initialised"
}

no_foreign_data() {
  [[ ! -d /var/lib/etcd/member || -e $STATE/$1 ]] \
    || die "/var/lib/etcd holds data of a cluster that the appliance did not make and that does not answer. Start that cluster, or move the data away."
}

# clear_attempt MARK: what our own init or join left that never finished; there is no data in it to keep.
clear_attempt() {
  say "clearing what an interrupted or an older $1 left"
  reset_node >/dev/null 2>&1 || true
  rm -rf /var/lib/etcd /etc/kubernetes
}

# The etcd member was taken out on a control plane that stays, so kubeadm need not look for one that lets it.
reset_node() { kubeadm reset --force --skip-phases remove-etcd-member --cri-socket "$RUNTIME"; }

init() {
  # A killed command's init may have gone on here and ended while this one waited for the host's lock.
  if initialised; then
    touch "$STATE/initialised"
    return 0
  fi
  port_free 6443
  no_foreign_data initialising
  [[ ! -e $STATE/initialising ]] || clear_attempt init
  install_text /etc/appliance/kubeadm.yaml 0600 <<<"$KUBEADM_INIT"
  touch "$STATE/initialising"
  systemctl enable -q --now haproxy
  systemctl enable -q kubelet
  say "kubeadm init"
  kubeadm init --config /etc/appliance/kubeadm.yaml --skip-token-print >"$STATE/kubeadm-init.log" 2>&1 || {
    tail -n 30 "$STATE/kubeadm-init.log" >&2
    die "kubeadm init failed; the end of $STATE/kubeadm-init.log is above. Cure its first error and run again."
  }
  await 120 "the finished control plane" "See $STATE/kubeadm-init.log and journalctl -u kubelet." initialised
  # kubeadm makes a join token of a day by itself; ours are made for one join each.
  kube -n kube-system delete secrets --field-selector type=bootstrap.kubernetes.io/token >/dev/null
  touch "$STATE/initialised"
  rm -f "$STATE/initialising"
  say "control plane is up"
}

# The operator's kubeconfig: the administrator's credentials with the operator's endpoint. Printed, so never logged.
kubeconfig() {
  [[ -s $ADMIN ]] || die "$ADMIN is missing: this host is no control plane."
  local proxy=${OPERATOR_PROXY:+"\\n    proxy-url: $OPERATOR_PROXY"}
  sed -E "s#^( *server: ).*#\1https://$OPERATOR_ENDPOINT$proxy#; s#kubernetes-admin@[^ ]+#$CLUSTER_NAME#" "$ADMIN"
}

# --- membership: the control plane's side ---

etcdctl() {
  kube exec -n kube-system "etcd-$NODE_NAME" -- etcdctl --dial-timeout 2s --command-timeout 5s --cacert /etc/kubernetes/pki/etcd/ca.crt \
    --cert /etc/kubernetes/pki/etcd/server.crt --key /etc/kubernetes/pki/etcd/server.key "$@" </dev/null
}

# etcd_members: lines "ID ADDRESS ROLE"; ROLE is voter or learner. One that never started has no client address, hence the peer's.
etcd_members() {
  etcdctl --endpoints https://127.0.0.1:2379 member list \
    | sed -nE 's#^([0-9a-f]+), [^,]*, [^,]*, https://([0-9.]+):2380[^,]*, [^,]*, (true|false)$#\1 \2 \3#p' \
    | sed 's/true$/learner/; s/false$/voter/'
}

answers() { etcdctl --endpoints "https://$1:2379" endpoint health >/dev/null 2>&1; }

# remove_etcd_member ADDRESS: refused when the voters that stay and answer would be no majority of those that stay.
remove_etcd_member() {
  local members id address role victim='' stay=0 answer=0 silent=''
  members=$(etcd_members)
  while read -r id address role; do
    if [[ $address == "$1" ]]; then
      victim=$id
    elif [[ $role == voter ]]; then
      stay=$((stay + 1))
      if answers "$address"; then answer=$((answer + 1)); else silent+=" $address"; fi
    fi
  done <<<"$members"
  [[ -n $victim ]] || return 0
  ((answer > stay / 2)) \
    || die "without $1 etcd would lose its quorum: of $stay members that stay, these do not answer:$silent. Bring them back first."
  etcdctl --endpoints https://127.0.0.1:2379 member remove "$victim" >/dev/null
  [[ $(etcd_members) != *" $1 "* ]] || die "etcd still lists $1 as a member after its removal. See etcd's log on this host."
  say "etcd member $1 removed"
}

# A dead control plane that is configured no longer is in the way of every join: kubeadm wants each member to answer.
remove_lost_etcd_members() {
  local address members
  members=$(etcd_members)
  while read -r _ address _; do
    [[ " $CONTROL_PLANES " == *" $address "* ]] || answers "$address" || remove_etcd_member "$address"
  done <<<"$members"
}

silent_etcd_members() {
  local address members
  members=$(etcd_members)
  while read -r _ address _; do
    answers "$address" || printf ' %s' "$address"
  done <<<"$members"
}

# kubeadm lets no control plane join while a member does not answer, and takes minutes to say so. One may be booting.
every_etcd_member_answers() {
  local silent
  silent=$(silent_etcd_members)
  [[ -z $silent ]] || await "${ETCD_WITHIN:-60}" "an answer of etcd's member$silent" \
    "No control plane can join before: bring that one back, or take it out of the configuration." nobody_is_silent
}

nobody_is_silent() { [[ -z $(silent_etcd_members) ]]; }

# The certificates that a control plane shares with the others, encrypted, for two hours at most; withdraw ends that.
offer_certificates() {
  local key config=/run/appliance/upload.yaml
  key=$(kubeadm certs certificate-key)
  install_text "$config" 0600 <<EOF
apiVersion: kubeadm.k8s.io/v1beta4
kind: InitConfiguration
certificateKey: $key
localAPIEndpoint: {advertiseAddress: $NODE_ADDRESS, bindPort: 6443}
nodeRegistration: {criSocket: "$RUNTIME"}
---
apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
kubernetesVersion: $(kubelet --version | cut -d ' ' -f 2)
EOF
  kubeadm init phase upload-certs --upload-certs --config "$config" >/dev/null || die "kubeadm could not offer the control plane's certificates."
  rm -f "$config"
  printf "JOIN_CERTIFICATE_KEY='%s'\n" "$key"
}

withdraw() {
  local owner
  owner=$(kube -n kube-system get secret kubeadm-certs --ignore-not-found -o 'jsonpath={.metadata.ownerReferences[0].name}')
  kube -n kube-system delete --ignore-not-found secret kubeadm-certs ${owner:+"$owner"} >/dev/null
}

# knows: whether the node is a control plane of this cluster, as etcd sees it.
knows() { if [[ $(etcd_members) == *" $MEMBER_ADDRESS "* ]]; then echo member; else echo stranger; fi; }

# alone: whether this host is the last control plane of its cluster, or of none. One that was joining, or that holds data
# and does not serve, cannot know.
alone() {
  case $(standing) in
    serving) if [[ $(etcd_members | wc -l) == 1 ]]; then echo alone; else echo several; fi ;;
    holding) echo several ;;
    *) if [[ -e $STATE/joining ]]; then echo several; else echo alone; fi ;;
  esac
}

# A ticket admits one node once: its token may delete itself, and the node does that as soon as it has joined.
ticket() {
  await 120 "the API server at $NODE_ADDRESS:6443" "Bring the control plane up first." ready
  local token id hash owner
  if [[ $MEMBER_ROLE == control-plane ]]; then
    remove_lost_etcd_members
    # What an interrupted join of the same host left; the host itself says that it is no member.
    remove_etcd_member "$MEMBER_ADDRESS"
    every_etcd_member_answers
    offer_certificates
  fi
  token=$(kubeadm --kubeconfig "$ADMIN" token create --ttl 1h --description "join of $MEMBER_NAME")
  id=${token%%.*}
  owner=$(kube -n kube-system get "secret/bootstrap-token-$id" -o 'jsonpath={.metadata.uid}')
  # Owned by the token's Secret: when that goes, these two go with it.
  kube apply -f - >/dev/null <<EOF
{apiVersion: v1, kind: List, items: [
  {apiVersion: rbac.authorization.k8s.io/v1, kind: Role,
   metadata: {name: join-$id, namespace: kube-system, ownerReferences: [{apiVersion: v1, kind: Secret, name: bootstrap-token-$id, uid: $owner}]},
   rules: [{apiGroups: [""], resources: [secrets], resourceNames: [bootstrap-token-$id], verbs: [delete]}]},
  {apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding,
   metadata: {name: join-$id, namespace: kube-system, ownerReferences: [{apiVersion: v1, kind: Secret, name: bootstrap-token-$id, uid: $owner}]},
   roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: join-$id},
   subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: "system:bootstrap:$id"}]}]}
EOF
  hash=$(openssl x509 -pubkey -in /etc/kubernetes/pki/ca.crt -noout | openssl pkey -pubin -outform der | sha256sum | cut -d ' ' -f 1)
  printf "JOIN_TOKEN='%s'\nJOIN_CA_HASH='sha256:%s'\n" "$token" "$hash"
}

ours() { kube get node "$MEMBER_NAME" -o "jsonpath={.metadata.annotations.appliance\\.dev/$1}"; }

# mark: the labels and taints that the configuration gives. What it gave before stands in an annotation, so that what it
# no longer gives goes, and what others set (not-ready, cordon) stays.
mark() {
  local item
  for item in $(ours labels); do
    [[ " $MEMBER_LABELS" == *" ${item%%=*}="* ]] || kube label node "$MEMBER_NAME" "${item%%=*}-" >/dev/null
  done
  for item in $(ours taints); do
    [[ " $MEMBER_TAINTS " == *" $item "* ]] || kube taint node "$MEMBER_NAME" "${item/=*:/:}-" >/dev/null || true
  done
  # shellcheck disable=SC2086
  [[ -z $MEMBER_LABELS ]] || kube label --overwrite node "$MEMBER_NAME" $MEMBER_LABELS >/dev/null
  # shellcheck disable=SC2086
  [[ -z $MEMBER_TAINTS ]] || kube taint --overwrite node "$MEMBER_NAME" $MEMBER_TAINTS >/dev/null
  kube annotate --overwrite node "$MEMBER_NAME" "appliance.dev/labels=$MEMBER_LABELS" "appliance.dev/taints=$MEMBER_TAINTS" >/dev/null
}

some_node_is_ready() {
  [[ $(kube get nodes -o 'jsonpath={.items[*].status.conditions[?(@.type=="Ready")].status}') == *True* ]]
}

settle() {
  # The first control planes come before the network, without which no node is Ready; what they are called does not wait.
  if [[ $MEMBER_ROLE != control-plane ]] || some_node_is_ready; then
    await "${READY_WITHIN:-300}" "node $MEMBER_NAME being Ready" \
      "See kubectl describe node $MEMBER_NAME and, on that host, journalctl -u kubelet." \
      kube wait --for=condition=Ready "node/$MEMBER_NAME" --timeout=5s
  fi
  mark
}

# expel: drain, then delete. A node that is dead, or has no network any more, cannot confirm an eviction: a pod is waited for
# until ten seconds after the time that it was given to end.
expel() {
  if kube get node "$MEMBER_NAME" >/dev/null 2>&1; then
    kube cordon "$MEMBER_NAME" >/dev/null
    kubectl --kubeconfig "$ADMIN" --server "https://$NODE_ADDRESS:6443" drain "$MEMBER_NAME" --ignore-daemonsets --delete-emptydir-data --force \
      --skip-wait-for-delete-timeout 10 --timeout "${DRAIN_WITHIN:-120}s" >&2 || say "the drain of $MEMBER_NAME did not end in time; deleting the node all the same"
  else
    ready >/dev/null || die "the API server does not answer, so $MEMBER_NAME cannot be taken out of the cluster."
    say "node $MEMBER_NAME is not in the cluster"
  fi
  [[ $MEMBER_ROLE != control-plane ]] || remove_etcd_member "$MEMBER_ADDRESS"
  kube delete node "$MEMBER_NAME" --ignore-not-found >/dev/null
  # What is left there belongs to DaemonSets, and no kubelet will confirm its end. Kubernetes would see that too, a minute later.
  kube delete pods --all-namespaces --field-selector "spec.nodeName=$MEMBER_NAME" --force --grace-period 0 --wait=false >/dev/null 2>&1 || true
}

# --- membership: the node's side ---

# outdated: whether containerd has settings to read for which this node waits for its turn.
outdated() { if containerd_is_outdated; then echo yes; else echo no; fi; }

# renew: containerd starts anew with its settings; pods run on meanwhile.
renew() {
  containerd_is_outdated || return 0
  say "restarting containerd, whose settings have changed"
  systemctl restart containerd
  await 60 "containerd answering" "See journalctl -u containerd." ctr version
}

joined() {
  [[ -s /etc/kubernetes/kubelet.conf ]] && systemctl is-active -q kubelet \
    && kubectl --kubeconfig /etc/kubernetes/kubelet.conf --request-timeout 5s get node "$NODE_NAME" >/dev/null 2>&1
}

join() {
  if joined && [[ ! -e $STATE/joining ]]; then
    say "is in the cluster already"
    return 0
  fi
  no_foreign_data joining
  [[ $MEMBER_ROLE != control-plane ]] || port_free 6443
  if [[ -e $STATE/joining || -e /etc/kubernetes/kubelet.conf || -e /etc/kubernetes/bootstrap-kubelet.conf ]]; then
    clear_attempt join
  fi
  touch "$STATE/joining"
  systemctl enable -q --now haproxy
  systemctl enable -q kubelet
  local config=${KUBEADM_JOIN//@JOIN_TOKEN@/$JOIN_TOKEN}
  config=${config//@JOIN_CERTIFICATE_KEY@/${JOIN_CERTIFICATE_KEY:-}}
  install_text /run/appliance/join.yaml 0600 <<<"${config//@JOIN_CA_HASH@/$JOIN_CA_HASH}"
  kubeadm join --config /run/appliance/join.yaml >"$STATE/kubeadm-join.log" 2>&1 || {
    rm -f /run/appliance/join.yaml
    tail -n 30 "$STATE/kubeadm-join.log" | sed "s/$JOIN_TOKEN/[token]/g" >&2
    die "kubeadm join failed; the end of $STATE/kubeadm-join.log is above. Cure its first error and run again."
  }
  rm -f /run/appliance/join.yaml
  await 60 "the node's registration" "See journalctl -u kubelet." joined
  rm -f "$STATE/joining"
  [[ $MEMBER_ROLE != control-plane ]] || became_control_plane
  revoke
  say "joined"
}

became_control_plane() {
  await 120 "the API server at $NODE_ADDRESS:6443" "See journalctl -u kubelet." initialised
  install_text /etc/appliance/kubeadm.yaml 0600 <<<"$KUBEADM_INIT"
  touch "$STATE/initialised"
}

# The ticket's token deletes itself; should that fail, it ends by itself within the hour.
revoke() {
  local id=${JOIN_TOKEN%%.*} as=/run/appliance/token.yaml
  install_text "$as" 0600 <<EOF
{apiVersion: v1, kind: Config, current-context: c, contexts: [{name: c, context: {cluster: c, user: u}}],
 users: [{name: u, user: {token: "$JOIN_TOKEN"}}],
 clusters: [{name: c, cluster: {server: "https://$API_NAME:7443", certificate-authority: /etc/kubernetes/pki/ca.crt}}]}
EOF
  kubectl --kubeconfig "$as" --request-timeout 10s -n kube-system delete "secret/bootstrap-token-$id" >/dev/null 2>&1 \
    || say "the join token could not be revoked; it ends by itself within the hour"
  rm -f "$as"
}

# leave: kubeadm's reset, and what it leaves behind: CNI configuration, links, routes, rules, sets, the networks' memory.
leave() {
  if command -v kubeadm >/dev/null; then
    systemctl stop kubelet 2>/dev/null || true
    reset_node >"$STATE/kubeadm-reset.log" 2>&1 || say "kubeadm reset complained; see $STATE/kubeadm-reset.log"
  fi
  clear_services
  delete_datapath /opt/cni/bin
  local link routed
  for link in weave datapath vethwe-bridge vethwe-datapath cni0 flannel.1 kube-ipvs0; do
    ip link delete "$link" 2>/dev/null || true
  done
  # Flannel's plain routes lead over the host's own link, so they went with none of these.
  routed=$(sed -n 's/^FLANNEL_NETWORK=//p' /run/flannel/subnet.env 2>/dev/null || true)
  [[ -z $routed ]] || ip route flush root "$routed"
  # The directory itself stays: containerd watches it, and would never see a configuration in a new one.
  [[ ! -d /etc/cni/net.d ]] || find /etc/cni/net.d -mindepth 1 -delete
  rm -rf /var/lib/cni /var/lib/weave /run/flannel /var/lib/etcd /etc/kubernetes "$STATE/initialised" "$STATE/initialising" "$STATE/joining" "$STATE/cluster"
  rm -f /opt/cni/bin/weave-* /opt/cni/bin/flannel /etc/appliance/kubeadm.yaml
  clear_rules
  # On a host that lives on, neither should start again with nothing to do.
  systemctl disable -q --now kubelet haproxy 2>/dev/null || true
  say "left the cluster"
}

# kube-proxy knows what it left in the kernel, whatever its mode was: IPVS has no command of its own on a host.
clear_services() {
  local image
  command -v ctr >/dev/null || return 0
  # Whoever stops reading early ends the writer by a signal, and with pipefail that ends this.
  image=$(ctr -n k8s.io images list -q 2>/dev/null | awk '/\/kube-proxy:/ && !found++')
  [[ -n $image ]] || return 0
  timeout 120 ctr -n k8s.io run --rm --net-host --privileged "$image" "leave-$$" kube-proxy --cleanup >"$STATE/kube-proxy-cleanup.log" 2>&1 \
    || say "kube-proxy could not clear all its rules; see $STATE/kube-proxy-cleanup.log"
}

# The kernel lets nobody delete Open vSwitch's own link; Weave's plugin, which is still here, asks the switch to go.
delete_datapath() {
  local plugin
  for plugin in "$1"/weave-plugin-*; do
    [[ ! -x $plugin ]] || "$plugin" delete-datapath datapath >/dev/null 2>&1 || true
  done
}

# Only chains that Kubernetes, Weave and Flannel made, and the jumps to them: rules of the host's own stay.
clear_rules() {
  local tool table chain
  for tool in iptables ip6tables; do
    command -v "$tool-save" >/dev/null || continue
    for table in nat filter mangle; do
      "$tool-save" -t "$table" 2>/dev/null | grep -Ev '^(:|-A )(KUBE-|CNI-|FLANNEL-|WEAVE[- ])|-j (KUBE-|CNI-|FLANNEL-|WEAVE(-| |$))' | "$tool-restore" -T "$table" 2>/dev/null || true
    done
  done
  command -v ipset >/dev/null || return 0
  for chain in $(ipset list -n 2>/dev/null | grep -E '^(KUBE-|weave-|weaver-)' || true); do
    ipset destroy "$chain" 2>/dev/null || true
  done
}

# --- storage: what the OSD of this host lies on, and Ceph's end ---

readonly OSD_FILE=/opt/replicated/rook/osd.img

# osd: makes ready what Ceph is to write to, and prints it as a JSON list. OSD_DEVICES: words, block devices; without any,
# a file of OSD_FILE_MIB that is attached as a loop device, now and at each boot before kubelet.
osd() {
  local device devices=${OSD_DEVICES:-}
  same_cluster
  # Rook's pods mount it; a host that shares its kernel has no udev.
  mkdir -p /run/udev/data
  if [[ -n $devices ]]; then
    for device in $devices; do
      ours_already "$device" || device_fits "$device"
    done
    install_text "$STATE/osd-devices" 0644 <<<"$devices"
  else
    make_osd_file
    attach_osd_file
    devices=$(<"$STATE/osd-loop")
  fi
  # shellcheck disable=SC2086 # words
  printf '"%s"\n' $devices | paste -sd , | sed 's/.*/[&]/'
}

ours_already() { [[ " $(cat "$STATE/osd-devices" 2>/dev/null) " == *" $1 "* ]]; }

is_device() { [[ -b $1 ]]; }

# What lies on a device is never overwritten: whoever wants it gone says so on the host.
device_fits() {
  local device found
  is_device "$1" || die "the storage device $1 is absent: there is no block device of that name. Correct storage.rook.devices, or attach it."
  device=$(readlink -f "$1")
  found=$(lsblk -nro NAME "$device" | tail -n +2 | paste -sd ' ')
  [[ -z $found ]] || die "the storage device $1 is in use: it holds $found. Name an empty device in storage.rook.devices."
  found=$(lsblk -nro MOUNTPOINT "$device" | paste -sd ' ')
  [[ -z ${found// /} ]] || die "the storage device $1 is in use: it is mounted on $found. Name an empty device in storage.rook.devices."
  flock -n "$device" true || die "the storage device $1 is in use: another program holds it. Name an empty device in storage.rook.devices."
  found=$(wipefs --noheadings --output TYPE "$device" | paste -sd ' ')
  [[ -z $found ]] || die "the storage device $1 is not empty: it carries $found. Name another one, or, if nothing on it is needed, run wipefs --all $1."
}

make_osd_file() {
  local free has
  mkdir -p "${OSD_FILE%/*}"
  if [[ -e $OSD_FILE ]]; then
    has=$(($(stat -c %s "$OSD_FILE") / 1048576))
    ((has == OSD_FILE_MIB)) || die "$OSD_FILE has $has MiB and storage.rook.loopFile says $OSD_FILE_MIB MiB; an OSD keeps its size for life. Set it back."
    return 0
  fi
  free=$(df --output=avail -BM "${OSD_FILE%/*}" | tail -n 1 | tr -dc 0-9)
  ((free >= OSD_FILE_MIB)) || die "${OSD_FILE%/*} has $free MiB free and storage.rook.loopFile wants $OSD_FILE_MIB MiB. Make it smaller, or add a disk."
  truncate -s "${OSD_FILE_MIB}M" "$OSD_FILE.new"
  chmod 0600 "$OSD_FILE.new"
  mv "$OSD_FILE.new" "$OSD_FILE"
}

attach_osd_file() {
  install_text "$OSD_PROGRAM" 0755 < <(loop_program)
  install_text "$OSD_UNIT" 0644 < <(osd_unit)
  systemctl daemon-reload
  systemctl enable -q appliance-osd
  # It looks first: what is attached stays as it is.
  systemctl restart appliance-osd || die "no loop device could be attached to $OSD_FILE. See journalctl -u appliance-osd."
}

osd_unit() {
  cat <<EOF
[Unit]
Description=Loop device of this host's Ceph OSD
RequiresMountsFor=${OSD_FILE%/*}
After=local-fs.target lab-host.service
Before=kubelet.service
[Service]
Type=oneshot
RemainAfterExit=true
Environment=SHARED_KERNEL=$SHARED_KERNEL
ExecStart=$OSD_PROGRAM $OSD_FILE $STATE/osd-loop
[Install]
WantedBy=multi-user.target
EOF
}

loop_program() {
  cat <<'EOF'
#!/bin/sh
# appliance-osd FILE MEMORY: attaches FILE as a loop device, on the number of last time (in MEMORY) unless another has it.
set -eu
file=$1 memory=$2
modprobe -q loop 2>/dev/null || true
device=$(losetup --noheadings --output NAME --associated "$file" | head -n 1)
if [ -z "$device" ]; then
  # From 32 on: whoever takes the first free one finds those below.
  for device in $(cat "$memory" 2>/dev/null) $(seq -f '/dev/loop%g' 32 63) ''; do
    [ -n "$device" ] || { echo "no loop device from 32 to 63 is free" >&2; exit 1; }
    # The kernel makes the node of a new device, but not in a /dev of a host's own.
    [ -e "$device" ] || [ "$SHARED_KERNEL" = 0 ] || mknod -m 0660 "$device" b 7 "${device#/dev/loop}"
    losetup "$device" "$file" 2>/dev/null && break
  done
  losetup --direct-io=on "$device" 2>/dev/null || true
fi
echo "$device" >"$memory"
# Hosts that share a kernel see each other's devices: Ceph would find the others' OSDs there and take them for its own.
[ "$SHARED_KERNEL" = 0 ] || for other in /dev/loop[0-9]*; do
  [ "$other" = "$device" ] || rm -f "$other"
done
EOF
}

loop_is_gone() { [[ ! -e /sys/block/${1##*/}/loop/backing_file ]] || ! losetup --noheadings --associated "$OSD_FILE" | grep -q .; }

# osd_gone: nothing of an OSD stays on the host. Only devices that were empty when they were taken are wiped.
osd_gone() {
  local device devices=''
  [[ ! -s $STATE/osd-devices ]] || devices=$(<"$STATE/osd-devices")
  for device in $devices; do
    is_device "$device" || continue
    await "${OSD_ENDS_WITHIN:-300}" "the end of the OSD on $device" "Take the OSD out of Ceph first (docs/user/storage.md), then run again." flock -n "$device" true
    wipe "$device"
  done
  if [[ -s $STATE/osd-loop ]]; then
    device=$(<"$STATE/osd-loop")
    systemctl disable -q appliance-osd 2>/dev/null || true
    # One that is in use is detached when its last user closes it.
    [[ ! -e $OSD_FILE ]] || ! losetup --noheadings --associated "$OSD_FILE" | grep -q . || losetup --detach "$device"
    await "${OSD_ENDS_WITHIN:-300}" "the end of the OSD on $device" "Take the OSD out of Ceph first (docs/user/storage.md), then run again." loop_is_gone "$device"
    rm -f "$OSD_UNIT" "$OSD_PROGRAM"
    systemctl daemon-reload
    systemctl reset-failed appliance-osd 2>/dev/null || true
  fi
  rm -rf "$OSD_FILE" "$OSD_FILE.new" "$STATE/osd-loop" "$STATE/osd-devices" /var/lib/rook
  say "keeps no data of Ceph"
}

# Besides the beginning, BlueStore may keep copies of its label at 1, 10, 100 and 1000 GiB.
wipe() {
  local at size
  size=$(blockdev --getsize64 "$1")
  blkdiscard --force "$1" 2>/dev/null || true
  dd if=/dev/zero of="$1" bs=1M count=100 conv=fsync status=none 2>/dev/null || true
  for at in 1 10 100 1000; do
    ((size < at * 1073741824 + 1048576)) || dd if=/dev/zero of="$1" bs=1M count=1 seek=$((at * 1024)) conv=fsync status=none
  done
  wipefs --all --quiet "$1"
}

# --- storage: the control plane's side ---

ceph_cluster() { kube -n rook-ceph get cephclusters.ceph.rook.io rook-ceph --ignore-not-found -o "$@" 2>/dev/null || true; }

# Under a name of its own: Pulumi's provider takes fields of any manager called kubectl… for its own when it next applies the
# object, and drops those that it was not given (fixCSAFieldManagers in its pkg/await/await.go).
patch_ceph_cluster() {
  kube -n rook-ceph patch cephclusters.ceph.rook.io rook-ceph --type merge --field-manager appliance-node >/dev/null -p "$1"
}

# policy TEXT: with the word that Rook wants, Ceph's end destroys its data; without, Rook looks after the cluster as ever.
policy() {
  patch_ceph_cluster \
    '{"spec":{"cleanupPolicy":{"confirmation":"'"$1"'","allowUninstallWithVolumes":true,"sanitizeDisks":{"method":"quick","dataSource":"zero","iteration":1}}}}'
}

# keep: Rook looks after the cluster, also when a destroy was given up half way, and restarts OSDs of CEPH_COPIES as it must.
keep() {
  local unasked=false found
  [[ -z $(ceph_cluster 'jsonpath={.spec.cleanupPolicy.confirmation}') ]] || policy ''
  # Ceph never agrees that the OSD of an only copy stops. From three OSDs on Rook asks it for each one that was there when
  # its pass began, changed or not, ten times a second and for ever (updateExistingOSDs in pkg/operator/ceph/cluster/osd/
  # update.go): with only copies a pass like that never ends, and nothing that comes after it happens. Of several copies
  # Rook goes on asking: it must not stop the second OSD while the first is not back.
  ((CEPH_COPIES > 1)) || unasked=true
  found=$(ceph_cluster 'jsonpath={.spec.continueUpgradeAfterChecksEvenIfNotHealthy}')
  [[ ${found:-false} == "$unasked" ]] \
    || patch_ceph_cluster '{"spec":{"continueUpgradeAfterChecksEvenIfNotHealthy":'"$unasked"'}}'
}

# ceph_is_formed: whether Rook has made of Ceph what the resource says. It begins with a change within seconds and is no more
# Ready until it has ended. Which generation that was it writes once, as its last word, and when its own look at the health
# writes in the same moment it only logs the conflict: the number is lost for good. So a minute of Ready will do as well,
# while the operator runs; and without any number this was its first pass.
ceph_is_formed() {
  local wanted seen phase health osds
  IFS=/ read -r wanted seen phase health osds < <(ceph_cluster \
    'jsonpath={.metadata.generation}/{.status.observedGeneration}/{.status.phase}/{.status.ceph.health}/{.status.storage.osd.storeType.*}{"\n"}')
  # The health is HEALTH_OK without any OSD too; and until it is known Rook makes no pools.
  osds=${osds// /+}
  if [[ $phase != Ready || -z $health ]] || ((${osds:-0} < CEPH_OSDS)); then
    quiet_since=''
    return 1
  fi
  if [[ -z $seen ]] || ((seen >= wanted)); then return 0; fi
  if [[ $(kube -n rook-ceph-system get deployment rook-ceph-operator -o 'jsonpath={.status.availableReplicas}') != 1 ]]; then
    quiet_since=''
    return 1
  fi
  quiet_since=${quiet_since:-$SECONDS}
  ((SECONDS - quiet_since >= ${QUIET_FOR:-60}))
}

# formed: mons, managers and the disks come one after the other; a slow host takes minutes for each.
formed() {
  local quiet_since=''
  await "${FORMED_WITHIN:-1200}" "Ceph with $CEPH_OSDS OSDs, as its resource says," \
    "See kubectl -n rook-ceph get cephcluster,pods and the log of deploy/rook-ceph-operator in rook-ceph-system." ceph_is_formed
}

# object_keys: the two keys of the object store's user, each in base64. Printed, so never logged.
object_keys() {
  await 60 "the Secret of the object store's user" "See kubectl -n rook-ceph get cephobjectstoreusers." has_object_keys
  kube -n rook-ceph get secret "$OBJECT_SECRET" -o 'jsonpath={.data.AccessKey} {.data.SecretKey}{"\n"}'
}

has_object_keys() { [[ -n $(kube -n rook-ceph get secret "$OBJECT_SECRET" -o 'jsonpath={.data.SecretKey}') ]]; }

discard() {
  [[ -n $(ceph_cluster name) ]] || return 0
  policy yes-really-destroy-data
  kube annotate --overwrite namespace rook-ceph appliance.dev/discarded=true >/dev/null
  # Only of a cluster that is on its way out does Rook let go what still holds data, such as a user with buckets. The
  # cluster itself waits for all of that.
  kube -n rook-ceph delete cephclusters.ceph.rook.io rook-ceph --wait=false >/dev/null
  say "Ceph's data is to be destroyed with its cluster"
}

ceph_is_gone() {
  [[ -z $(ceph_cluster name) ]] \
    && [[ -z $(kube -n rook-ceph get pods -l 'app in (rook-ceph-mon,rook-ceph-mgr,rook-ceph-osd,rook-ceph-rgw,rook-ceph-mds)' -o name) ]]
}

disks_are_clean() {
  local jobs
  jobs=$(kube -n rook-ceph get jobs -l app=rook-ceph-cleanup -o 'jsonpath={range .items[*]}{.status.succeeded}x{end}')
  [[ $jobs =~ ^(1x)+$ ]]
}

# discarded: waits until Rook has cleaned the hosts, for which its operator must live. A host that is dead is never clean.
discarded() {
  kube get namespace rook-ceph >/dev/null 2>&1 || return 0
  await 300 "the end of Ceph's pods" "See kubectl -n rook-ceph get pods and the log of deploy/rook-ceph-operator in rook-ceph-system." ceph_is_gone
  # Rook cleans only after it was told to.
  [[ $(kube get namespace rook-ceph -o 'jsonpath={.metadata.annotations.appliance\.dev/discarded}') == true ]] || return 0
  (await "${CLEAN_WITHIN:-90}" "clean disks" "" disks_are_clean) 2>/dev/null \
    || say "Rook has not cleaned every host in time; each host that is alive is cleaned once more by itself"
}

# of_account: what controllers of the cloud made in the account for this cluster, a line each. Fails when the API server does not say.
of_account() {
  kube get services --all-namespaces -o 'jsonpath={range .items[?(@.spec.type=="LoadBalancer")]}the Service {.metadata.name} in {.metadata.namespace}{"\n"}{end}' \
    && kube get persistentvolumes -o 'jsonpath={range .items[?(@.spec.csi.driver=="ebs.csi.aws.com")]}the PersistentVolume {.metadata.name} of {.spec.claimRef.namespace}/{.spec.claimRef.name}{"\n"}{end}'
}

nothing_of_account() {
  local left
  left=$(of_account) && [[ -z $left ]]
}

# returned: waits until the account has its volumes and load balancers back. Only the controllers can give them, and they go next.
returned() {
  (await "${RETURNED_WITHIN:-300}" "an account without things of this cluster" "" nothing_of_account) 2>/dev/null && return 0
  local left
  left=$(of_account | paste -sd ';') || left=''
  die "the account still holds load balancers or volumes for ${left:-what the API server does not tell}, which nobody could remove without the cluster. Delete these objects (a claim with kubectl delete pvc), then run again."
}

# capacity: what the cluster is, a line each: its version, its nodes with cores and memory, the API versions it serves.
capacity() {
  printf 'version %s\n' "$(kube get --raw /version | tr -d '\n')"
  kube get nodes -o 'jsonpath={range .items[*]}node {.metadata.name} {.status.capacity.cpu} {.status.capacity.memory}{"\n"}{end}'
  kube api-versions | sed 's/^/api /'
}

# --- drift: what of the finished state is not so any more. It only looks: nothing here writes, fetches or restarts ---

# found KIND NAME WANTED FOUND: a line of four fields with tabs between them; where the last two are equal, nothing drifted.
found() {
  local field line=''
  for field in "$@"; do
    line+="${field//[$'\t\n']/ }"$'\t'
  done
  printf '%s\n' "${line%$'\t'}"
}

# as_made FILE MODE [hidden]: whether a file is what standard input says. Of another one the first line that differs is
# shown, unless it may hold what is nobody's business.
as_made() {
  local file=$1 mode=${2#0} differs wanted has
  if [[ ! -f $file ]]; then
    found file "$file" there absent
    return 0
  fi
  differs=$(diff --text - "$file" || true)
  if [[ -z $differs ]]; then
    found file "$file" "mode $mode" "mode $(stat -c %a "$file")"
    return 0
  fi
  wanted=$(sed -n '/^< /{s///;p;q}' <<<"$differs") has=$(sed -n '/^> /{s///;p;q}' <<<"$differs")
  [[ -z ${3:-} && $wanted != "$has" ]] || wanted='as it was made' has='other content'
  found file "$file" "${wanted:-no such line}" "${has:-no such line}"
}

units_as_made() {
  local unit enabled active
  for unit in "$@"; do
    enabled=$(systemctl is-enabled "$unit" 2>/dev/null || true)
    active=$(systemctl is-active "$unit" || true)
    found unit "$unit" "enabled, active" "${enabled:-absent}, $active"
  done
}

files_as_made() {
  local line upstream text argument file
  as_made "$STATE/cluster" 0644 < <(cluster_mark)
  as_made "$PKI/ca.crt" 0644 hidden <<<"$CA_CERTIFICATE"
  as_made "$MODULES_FILE" 0644 < <(kernel_modules)
  as_made "$SYSCTL_FILE" 0644 < <(kernel_settings)
  as_made "$CONTAINERD_FILE" 0644 <<<"$CONTAINERD_CONFIG"
  as_made "$CONTAINERD_UNIT" 0644 hidden < <(containerd_environment)
  as_made "$BALANCER_FILE" 0644 < <(balancer_configuration)
  as_made "$KUBELET_UNIT" 0644 < <(kubelet_unit)
  while read -r upstream text argument; do
    as_made "$MIRRORS_OF_CONTAINERD/$upstream/hosts.toml" 0644 < <("$text" "$argument")
  done < <(mirrored)
  while read -r file; do
    found file "$file" absent there
  done < <(mirrors_of_before)
  while read -r line; do
    found name "$(cut -d ' ' -f 2 <<<"$line")" "$line" "$(grep -xF "$line" /etc/hosts || echo 'no such line')"
  done < <(own_names)
}

registry_as_made() {
  units_as_made appliance-registry
  as_made "$PKI/registry.crt" 0644 hidden <<<"$REGISTRY_CERTIFICATE"
  as_made "$PKI/registry.key" 0600 hidden <<<"$REGISTRY_KEY"
  as_made "$REGISTRY_FILE" 0644 < <(registry_configuration)
  as_made "$REGISTRY_UNIT" 0644 < <(registry_unit)
}

osd_as_made() {
  units_as_made appliance-osd
  as_made "$OSD_PROGRAM" 0755 < <(loop_program)
  as_made "$OSD_UNIT" 0644 < <(osd_unit)
}

# kept SHA256: the list of an artifact's files that an earlier command left here; nothing else tells of them without asking
# a registry.
kept() {
  local file=$STATE/manifests/$1
  if [[ -f $file ]] && sha256sum --status -c <<<"$1  $file"; then return 0; fi
  found file "$file" there "absent or damaged"
  return 1
}

bundle_as_made() {
  local sha title name version digest directory installed
  if kept "${PACKAGES#* }"; then
    while read -r sha title; do
      read -r name version < <(package_of "$title")
      installed=$(deb_version "$name" || true)
      ! new_enough "$name" "$version" || version=$installed
      found package "$name" "$version" "${installed:-absent}"
    done < <(listed "$STATE/manifests/${PACKAGES#* }")
  fi
  while read -r _ digest directory; do
    kept "$digest" || continue
    while read -r sha title; do
      found program "$directory/$title" "${sha:0:12}" "$(sha256_of "$directory/$title")"
    done < <(listed "$STATE/manifests/$digest")
  done <<<"$FILES"
}

# sha256_of FILE: the first twelve digits.
sha256_of() { if [[ -f $1 ]]; then sha256sum "$1" | cut -c 1-12; else echo absent; fi; }

vendors_as_made() {
  local format version package pinned installed list=/etc/apt/sources.list.d/appliance.list
  local -n helpers
  format=$(package_format)
  version=${format}_version
  if [[ $format == deb ]]; then helpers=DEB_HELPERS; else helpers=RPM_HELPERS list=/etc/yum.repos.d/appliance.repo; fi
  # An address may have a password in it.
  as_made "$list" 0644 hidden < <("${format}_sources")
  read -ra pinned < <(pinned_packages)
  for package in "${helpers[@]}" "${pinned[@]}"; do
    installed=$("$version" "${package%%=*}" || true)
    if [[ -n $(lacking "$version" "$package") ]]; then
      [[ $package == *=* ]] || package+='=any version'
      found package "${package%%=*}" "${package#*=}" "${installed:-absent}"
    else
      found package "${package%%=*}" "$installed" "$installed"
    fi
  done
}

kernel_as_made() {
  local key value swap
  while read -r key _ value; do
    found sysctl "$key" "$value" "$(sysctl -n "$key" 2>/dev/null || echo absent)"
  done < <(kernel_settings)
  swap=$(swapon --noheadings --show=NAME 2>/dev/null | paste -sd ' ' || true)
  [[ ${SWAP_ALLOWED:-0} == 1 ]] || found swap swap off "${swap:-off}"
}

# What kubeadm wrote is judged by whoever knows the cluster: here it is only shown.
kubelet_as_made() {
  local name file given
  found flag --node-ip "$NODE_ADDRESS" "$(sed -n 's/.*--node-ip=\([^ "]*\).*/\1/p' /var/lib/kubelet/kubeadm-flags.env || true)"
  given=$(cat /etc/default/kubelet /etc/sysconfig/kubelet 2>/dev/null | sed -n 's/^KUBELET_EXTRA_ARGS=//p' | paste -sd ' ' || true)
  given=${given//[\"\']/}
  found flag KUBELET_EXTRA_ARGS none "${given:-none}"
  found kubelet config.yaml '' "$(base64 -w 0 /var/lib/kubelet/config.yaml || true)"
  for name in etcd kube-apiserver kube-controller-manager kube-scheduler; do
    file=/etc/kubernetes/manifests/$name.yaml
    [[ ! -f $file ]] || found image "$name" '' "$(sed -n '/^ *image: */{s///;p;q}' "$file")"
  done
}

runtime_as_made() {
  local runs='its configuration'
  ! systemctl is-active -q containerd || ! containerd_is_outdated || runs='an earlier configuration'
  found runtime containerd 'its configuration' "$runs"
}

# drift: told what prepare was told, and registry and osd where they ran.
drift() {
  units_as_made containerd haproxy kubelet
  files_as_made
  if online; then vendors_as_made; else bundle_as_made; fi
  kernel_as_made
  kubelet_as_made
  runtime_as_made
  [[ -z ${REGISTRY_CERTIFICATE:-} ]] || registry_as_made
  [[ -z ${OSD_FILE_MIB:-} ]] || osd_as_made
}

main() {
  local command=${1:-}
  case $command in
    registry | prepare | init | revive | kubeconfig | ticket | withdraw | knows | alone | settle | expel | standing | outdated | renew | join | leave) ;;
    osd | osd_gone | keep | formed | object_keys | discard | discarded | returned | capacity | host_key | drift) ;;
    *) die "unknown command '$command'; one of registry, prepare, init, revive, kubeconfig, ticket, withdraw, knows, alone, settle, expel, standing, outdated, renew, join, leave, osd, osd_gone, keep, formed, object_keys, discard, discarded, returned, capacity, host_key, drift." ;;
  esac
  # shellcheck disable=SC1091
  . /dev/stdin
  case $command in
    # These read, or change only the API server's objects: they need not wait for a long prepare of the same host.
    kubeconfig | ticket | withdraw | knows | alone | settle | expel | standing | outdated | keep | formed | object_keys | discard | discarded | returned | capacity | drift) ;;
    # What ends the OSD that it waits for may need the lock.
    osd_gone) ;;
    *) only_one_at_a_time ;;
  esac
  "$command" 9>&-
}

main "$@"
