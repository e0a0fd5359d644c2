/**
 * What {@code anyserve doctor} looks at: each check reads one thing of this machine, or of the
 * Kafka and S3 that are configured, and returns findings. None of them changes anything that stays.
 */
@NullMarked
package io.anyserve.cli.doctor;

import org.jspecify.annotations.NullMarked;
