/** One answer from all instances: each is asked for the partitions that it owns. */
@NullMarked
package io.anyserve.metering.query.service;

import org.jspecify.annotations.NullMarked;
