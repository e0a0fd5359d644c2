/** The way from callers to the log and back: wiring and settings of the ingress process. */
@NullMarked
package io.anyserve.ingress;

import org.jspecify.annotations.NullMarked;
