/** What a load run measured: as JSON, as a page, against another run and against limits. */
@NullMarked
package io.anyserve.loadtest.report;

import org.jspecify.annotations.NullMarked;
