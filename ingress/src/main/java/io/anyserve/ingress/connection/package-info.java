/** When the connections of HTTP clients are closed, and how. */
@NullMarked
package io.anyserve.ingress.connection;

import org.jspecify.annotations.NullMarked;
