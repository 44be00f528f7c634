// Package judges pins the outside judges that come as Go modules. The import below keeps the Gateway API in go.mod: only its
// custom resource definitions are read.
package judges

import _ "sigs.k8s.io/gateway-api/pkg/consts"
