/** Answers what was used: over gRPC, HTTP and CSV, whichever instance of metering is asked. */
@NullMarked
package io.anyserve.metering.api;

import org.jspecify.annotations.NullMarked;
