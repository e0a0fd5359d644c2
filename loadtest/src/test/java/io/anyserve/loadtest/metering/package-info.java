/** Tests of what the load writes, how much may be under way, and what the report says. */
@NullMarked
package io.anyserve.loadtest.metering;

import org.jspecify.annotations.NullMarked;
