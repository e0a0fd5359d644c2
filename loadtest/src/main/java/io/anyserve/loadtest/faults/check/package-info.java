/** The checker: folds the topics by the rules and compares them with what clients saw. */
@NullMarked
package io.anyserve.loadtest.faults.check;

import org.jspecify.annotations.NullMarked;
