from components.cluster.trust import KEY, NAME, config_map_data, mount


def test_a_pod_mounts_the_config_map_that_holds_the_authorities() -> None:
    assert config_map_data("PEM") == {KEY: "PEM"}
    found = mount()
    assert found.volume == {"name": NAME, "config_map": {"name": NAME}}
    assert found.mount["name"] == found.volume["name"]


def test_programs_are_told_of_the_file_that_is_mounted_and_keep_those_of_their_image() -> None:
    found = mount()
    told = {each["name"]: str(each.get("value")) for each in found.environment}
    assert told["NODE_EXTRA_CA_CERTS"] == f"{found.mount['mount_path']}/{KEY}"
    assert told["SSL_CERT_DIR"].split(":") == ["/etc/ssl/certs", found.mount["mount_path"]]
