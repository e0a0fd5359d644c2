/**
 * The HTTP face of the ingress. Every call is admitted as over gRPC; its own virtual thread writes
 * what the log brings.
 */
@NullMarked
package io.anyserve.ingress.http;

import org.jspecify.annotations.NullMarked;
