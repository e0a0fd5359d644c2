/** The two ends of the log that the ingress holds: requests go in, token events come out. */
@NullMarked
package io.anyserve.ingress.kafka;

import org.jspecify.annotations.NullMarked;
