//go:build tools

package controlplane

import _ "sigs.k8s.io/kwok/cmd/kwok"
