/** The usage API over HTTP, with the dashboard. */
@NullMarked
package io.anyserve.metering.http;

import org.jspecify.annotations.NullMarked;
