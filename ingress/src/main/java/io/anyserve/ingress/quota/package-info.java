/** Quotas at the door: what a request is expected to use, reserved before it is published. */
@NullMarked
package io.anyserve.ingress.quota;

import org.jspecify.annotations.NullMarked;
