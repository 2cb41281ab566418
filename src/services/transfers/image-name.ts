const PREFIX = 'ovirt-transfer-';

/** The cloud's name of the image, or copy of a disk, that a transfer uses. */
export const imageName = (id: string): string => PREFIX + id;

/** Whether an image belongs to a transfer: such an image is no template. */
export const isTransferImage = ({ name }: { readonly name?: string }): boolean => name?.startsWith(PREFIX) === true;
