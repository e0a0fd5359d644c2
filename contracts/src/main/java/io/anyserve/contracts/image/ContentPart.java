package io.anyserve.contracts.image;

import com.google.protobuf.ByteString;
import io.anyserve.contracts.ObjectRef;
import io.anyserve.contracts.validation.Preconditions;
import io.anyserve.contracts.validation.Utf8;

/** A part of a message that has an image. */
public sealed interface ContentPart {

  /** Bytes that it takes in a record, about. */
  long size();

  /** Text before, between or behind images. */
  record Text(String text) implements ContentPart {

    public Text {
      Preconditions.text("part.text", text);
    }

    @Override
    public long size() {
      return Utf8.length(text);
    }
  }

  /** An image in the message: PNG or JPEG, within the {@linkplain ImageLimits limits}. */
  record Image(ByteString data) implements ContentPart {

    public Image {
      ImageLimits.requireSize("part.image.data", data.size());
      ImageLimits.requirePixels("part.image.data", ImageHeader.read(data));
    }

    public ImageHeader header() {
      return ImageHeader.read(data);
    }

    @Override
    public long size() {
      return data.size();
    }
  }

  /** An image in the object store; what it is shows when it is read. */
  record StoredImage(ObjectRef object) implements ContentPart {

    public StoredImage {
      ImageLimits.requireSize("part.image.object", object.size());
    }

    @Override
    public long size() {
      return 256;
    }
  }
}
