/** Tests of connections and of their ends. */
@NullMarked
package io.anyserve.ingress.connection;

import org.jspecify.annotations.NullMarked;
