/** What waits and what runs, for whoever scales workers. */
@NullMarked
package io.anyserve.router.load;

import org.jspecify.annotations.NullMarked;
