package main

import (
	"context"
	"fmt"
	"net"
	"strconv"
	"time"

	provider "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/retry"
	"golang.org/x/crypto/ssh"
)

const (
	defaultDialErrorLimit = 10
	noDialErrorLimit      = -1
)

// dial connects to the host, through the proxy if there is one. Each leg is tried again by its own limit.
func (c *Connection) dial(ctx context.Context) (*ssh.Client, error) {
	config, err := c.clientConfig()
	if err != nil {
		return nil, err
	}
	if c.Proxy == nil {
		return retryDial(ctx, "Dial", c.errorLimit(), func() (*ssh.Client, error) {
			return ssh.Dial("tcp", c.address(), config)
		})
	}
	client, err := c.dialThroughProxy(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("proxy: %w", err)
	}
	return client, nil
}

func (c *Connection) dialThroughProxy(ctx context.Context, config *ssh.ClientConfig) (*ssh.Client, error) {
	proxyConfig, err := c.Proxy.clientConfig()
	if err != nil {
		return nil, err
	}
	proxy, err := retryDial(ctx, "Dial proxy", c.Proxy.errorLimit(), func() (*ssh.Client, error) {
		return ssh.Dial("tcp", c.Proxy.address(), proxyConfig)
	})
	if err != nil {
		return nil, err
	}
	tunnel, err := retryDial(ctx, "Dial from proxy", c.errorLimit(), func() (net.Conn, error) {
		return proxy.Dial("tcp", c.address())
	})
	if err != nil {
		return nil, err
	}
	// Only the handshake is repeated, on the same tunnel: one that the far end has closed stays closed, as with the
	// official plugin.
	return retryDial(ctx, "Dial", c.errorLimit(), func() (*ssh.Client, error) {
		connection, channels, requests, err := ssh.NewClientConn(tunnel, c.address(), config)
		if err != nil {
			return nil, err
		}
		return ssh.NewClient(connection, channels, requests), nil
	})
}

func (e *endpoint) errorLimit() int {
	if e.DialErrorLimit == nil {
		return defaultDialErrorLimit
	}
	return *e.DialErrorLimit
}

// retryDial calls attempt until it succeeds, has failed more than limit times, or the context ends. The pause between
// two attempts grows from 0.1 to 5 seconds.
func retryDial[T any](ctx context.Context, what string, limit int, attempt func() (T, error)) (T, error) {
	var connection T
	accept := func(failed int, _ time.Duration) (bool, any, error) {
		var err error
		if connection, err = attempt(); err == nil {
			return true, nil, nil
		}
		shown := strconv.Itoa(limit)
		if limit == noDialErrorLimit {
			shown = "inf"
		}
		if limit > noDialErrorLimit && failed >= limit {
			return true, nil, fmt.Errorf("after %d failed attempts: %w", failed, err)
		}
		provider.GetLogger(ctx).InfoStatusf("%s %d/%s failed: retrying", what, failed+1, shown)
		return false, nil, nil
	}
	done, _, err := retry.Until(ctx, retry.Acceptor{Accept: accept})
	if err == nil && !done {
		err = ctx.Err()
	}
	return connection, err
}
