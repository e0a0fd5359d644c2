/** What a load run sends, as its file says. */
@NullMarked
package io.anyserve.loadtest.scenario;

import org.jspecify.annotations.NullMarked;
