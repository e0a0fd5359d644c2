/** TLS of servers: certificates from PEM files that may change while the process runs. */
@NullMarked
package io.anyserve.runtime.tls;

import org.jspecify.annotations.NullMarked;
