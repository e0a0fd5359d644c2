/** The checker: folds the topics by the rules and compares them with what clients saw. */
@NullMarked
package io.anyserve.chaos.check;

import org.jspecify.annotations.NullMarked;
