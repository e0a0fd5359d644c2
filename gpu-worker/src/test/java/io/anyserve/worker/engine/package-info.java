/** What every engine has to keep, as checks that their tests call. */
@NullMarked
package io.anyserve.worker.engine;

import org.jspecify.annotations.NullMarked;
