/** Tests of what a report says. */
@NullMarked
package io.anyserve.loadtest.report;

import org.jspecify.annotations.NullMarked;
