@NullMarked
package io.anyserve.worker.torch.vision;

import org.jspecify.annotations.NullMarked;
