const PREFIX = 'ovirt-transfer-';

/** What the image, or the copy of a disk, that carries a transfer is called in the cloud. */
export const imageName = (id: string): string => PREFIX + id;

/** Such an image is no template: it comes and goes with its transfer. */
export const isTransferImage = ({ name }: { readonly name?: string }): boolean => name?.startsWith(PREFIX) === true;
