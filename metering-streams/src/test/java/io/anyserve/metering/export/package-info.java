/** Tests of the export. */
@NullMarked
package io.anyserve.metering.export;

import org.jspecify.annotations.NullMarked;
