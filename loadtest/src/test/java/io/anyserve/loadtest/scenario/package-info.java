/** Tests of scenarios and their files. */
@NullMarked
package io.anyserve.loadtest.scenario;

import org.jspecify.annotations.NullMarked;
