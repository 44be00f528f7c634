//go:build tools

package controlplane

import _ "go.etcd.io/etcd/server/v3"
