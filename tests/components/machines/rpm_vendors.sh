#!/bin/sh
# Run in a root by test_vendor_packages_rpm.py: makes signed rpm repositories below /srv, like the vendors' own.
set -eu
export HOME=/root LC_ALL=C.UTF-8
cd /root
mkdir -p gnupg specs /srv/kubernetes /srv/containerd /srv/other /srv/distribution
chmod 0700 gnupg

# key NAME: a key, and its public half in /srv/NAME.asc; prints the fingerprint.
key() {
  gpg --homedir gnupg --batch --quiet --passphrase '' --quick-gen-key "$1 <$1@example.com>" rsa2048 2>/dev/null
  gpg --homedir gnupg --batch --armor --export "$1@example.com" >"/srv/$1.asc"
  gpg --homedir gnupg --batch --with-colons --list-keys "$1@example.com" | sed -n 's/^fpr:*\([0-9A-F]*\):$/\1/p' | head -n 1
}

# rpm_of REPOSITORY NAME VERSION: a package with the one file /usr/bin/NAME.
rpm_of() {
  printf 'Name: %s\nVersion: %s\nRelease: 1.1\nSummary: stand-in\nLicense: none\nBuildArch: noarch\n%%description\nstand-in\n%%install\nmkdir -p %%{buildroot}/usr/libexec/stand-in\necho %s >%%{buildroot}/usr/libexec/stand-in/%s\n%%files\n/usr/libexec/stand-in/%s\n' \
    "$2" "$3" "$3" "$2" "$2" >"specs/$2.spec"
  rpmbuild --quiet -bb --define "_rpmdir /srv/$1" --define '_build_name_fmt %%{NAME}-%%{VERSION}.rpm' "specs/$2.spec" >/dev/null 2>&1
}

vendor=$(key vendor)
key other >/dev/null
cat /srv/other.asc /srv/vendor.asc >/srv/both.asc
for name in kubelet kubeadm kubectl; do
  rpm_of kubernetes "$name" 1.35.4
  rpm_of kubernetes "$name" 1.35.40
done
rpm_of containerd containerd.io 1.7.29
rpm_of containerd containerd.io 2.2.0
cp /srv/containerd/containerd.io-2.2.0.rpm /srv/other/
for name in haproxy conntrack-tools ipset iptables-nft iproute-tc socat ethtool kmod; do
  rpm_of distribution "$name" 1
done
sign() { rpmsign --define "__gpg /usr/bin/gpg" --define "_gpg_path /root/gnupg" --define "_gpg_name $1@example.com" --addsign "/srv/$2"/*.rpm >/dev/null 2>&1; }
sign vendor kubernetes
sign vendor containerd
sign other other
for repository in kubernetes containerd other distribution; do
  createrepo_c --quiet "/srv/$repository"
done
echo "$vendor"
