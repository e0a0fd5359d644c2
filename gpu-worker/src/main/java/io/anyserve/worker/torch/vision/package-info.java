/** What a model does with images before its decoder reads their vectors. */
@NullMarked
package io.anyserve.worker.torch.vision;

import org.jspecify.annotations.NullMarked;
