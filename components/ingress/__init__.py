"""How HTTP and HTTPS come in from outside: a controller and the proxies on every node's ports 80 and 443."""
