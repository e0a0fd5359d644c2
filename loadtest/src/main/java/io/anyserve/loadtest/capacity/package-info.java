/** What a load needs: processors, brokers, partitions, storage and network, by measured costs. */
@NullMarked
package io.anyserve.loadtest.capacity;

import org.jspecify.annotations.NullMarked;
