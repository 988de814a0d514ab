// Pictures that move, and pictures drawn from emoji and stickers, with mtcute.

import { Long } from '@mtcute/node'

import { check, clip, looksLike, picture, refused, until } from './harness.mjs'

const RED = [200, 30, 30]
const GREEN = [30, 160, 60]
const BLUE = [40, 60, 200]
const COLOURS = [0x102030, 0x405060, 0x708090]

const upload = async (client, file, fileName = 'clip.mp4') =>
  (await client.uploadFile({ file, fileName })).inputFile

/** A request about Bob's picture. */
const personal = (w, fields) => w.ada.call({
  _: 'photos.uploadContactProfilePhoto', userId: w.bobByAda, save: !fields.suggest, ...fields,
})

const emoji = (w, backgroundColors = COLOURS) =>
  ({ _: 'videoSizeEmojiMarkup', emojiId: w.emoji[0].raw.id, backgroundColors })

const isMp4 = bytes => Buffer.from(bytes.subarray(4, 8)).toString() === 'ftyp'

/** Adds the cases to a suite whose Ada, Bob and Cara have signed up. */
export function addMoving(test) {
  test('P41 P42 a personal picture that moves', async w => {
    w.clip = clip([RED, GREEN, BLUE])
    const video = await upload(w.ada, w.clip)
    const done = await personal(w, { video, videoStartTs: 1.5 })
    check(done.users[0].photo.hasVideo && done.users[0].photo.personal, 'the user of the answer')
    const photo = await w.ada.getProfilePhoto(w.bobByAda, done.photo.id)
    check(photo.isAnimatedAvatar && !photo.isMarkupAvatar, 'animated')
    const film = photo.getThumbnail('u')
    check(film.isVideo && film.width === 800 && film.raw.videoStartTs === 1.5, 'its film')
    const bytes = await w.ada.downloadAsBuffer(film)
    check(bytes.length === film.fileSize && isMp4(bytes), 'the bytes of its film')
    looksLike(await w.ada.downloadAsBuffer(photo.getThumbnail('c')), GREEN, 640)
    check(await w.cara.getProfilePhoto(w.bobByCara, done.photo.id) === null, 'not for a stranger')
  })

  test('P43 P45 P46 clips that are refused', async w => {
    for (const data of [picture(RED), clip([RED], 100)]) {
      const video = await upload(w.ada, data)
      await refused(personal(w, { video }), 'VIDEO_FILE_INVALID')
    }
    const [video, file] = [await upload(w.ada, w.clip), await upload(w.ada, picture(RED), 'a.jpg')]
    await refused(personal(w, { video, file }), 'PHOTO_INVALID')
  })

  test('an own picture that moves, and one of a group', async w => {
    const mine = await w.bob.setMyProfilePhoto({ type: 'video', media: w.clip, previewSec: 2.5 })
    check(mine.isAnimatedAvatar, 'the answer')
    looksLike(await w.cara.downloadAsBuffer((await w.cara.getUser(w.bobByCara)).photo.big), BLUE, 640)
    const group = await w.ada.createSupergroup({ title: 'Moving', description: '' })
    await w.ada.setChatPhoto({ chatId: group.id, type: 'video', media: w.clip, previewSec: 1.5 })
    const whole = await w.ada.getFullChat(group.id)
    check(whole.fullPhoto.isAnimatedAvatar, 'the picture of the group')
    looksLike(await w.ada.downloadAsBuffer(whole.photo.big), GREEN, 640)
  })

  test('P136 P137 emoji to draw pictures from', async w => {
    const listed = await w.ada.call({ _: 'account.getDefaultProfilePhotoEmojis', hash: Long.ZERO })
    w.emoji = await w.ada.getCustomEmojis([Long.fromNumber(77), ...listed.documentId])
    check(w.emoji.length === listed.documentId.length && w.emoji.every(Boolean), 'all but the unknown')
    for (const one of w.emoji) {
      check(one.type === 'sticker' && one.customEmojiId.eq(one.raw.id), 'a custom emoji')
      check((await w.ada.downloadAsBuffer(one)).length === one.fileSize, 'its file')
      for (const thumb of one.thumbnails) await w.ada.downloadAsBuffer(thumb)
    }
    const set = await w.ada.getStickerSet(w.emoji[0].inputStickerSet)
    check(set.stickers.some(({ sticker }) => sticker.raw.id.eq(w.emoji[0].raw.id)), 'its set')
  })

  test('P47 P53 pictures drawn from an emoji and from a sticker', async w => {
    const stickerset = w.emoji[0].inputStickerSet
    const stickerId = w.emoji[0].raw.id
    const sticker = { _: 'videoSizeStickerMarkup', stickerset, stickerId, backgroundColors: COLOURS }
    for (const videoEmojiMarkup of [emoji(w), sticker]) {
      const { photo } = await personal(w, { videoEmojiMarkup })
      const seen = await w.ada.getProfilePhoto(w.bobByAda, photo.id)
      check(seen.isAnimatedAvatar && seen.isMarkupAvatar, 'drawn, with a film')
      check(isMp4(await w.ada.downloadAsBuffer(seen.getThumbnail('u'))), 'its film')
      const [, echoed] = photo.videoSizes
      check(echoed._ === videoEmojiMarkup._, 'the markup is echoed')
      check(echoed.backgroundColors.join() === COLOURS.join(), 'with its colours')
    }
  })

  test('P50 P52 markup that draws nothing', async w => {
    const unknown = { ...emoji(w), emojiId: Long.fromNumber(77) }
    for (const videoEmojiMarkup of [emoji(w, []), emoji(w, [1, 2, 3, 4, 5]), unknown]) {
      await refused(personal(w, { videoEmojiMarkup }), 'EMOJI_MARKUP_INVALID')
    }
  })

  test('P19 P37 a drawn suggestion is accepted', async w => {
    const done = await personal(w, { suggest: true, videoEmojiMarkup: emoji(w) })
    const suggested = await until(() => w.bob.got.find(update => update._ === 'updateNewMessage'
      && update.message.action?.photo?.id.eq(done.photo.id)), 'the suggestion at Bob')
    const { id, accessHash, fileReference } = suggested.message.action.photo
    const given = { _: 'inputPhoto', id, accessHash, fileReference }
    const taken = await w.bob.call({ _: 'photos.updateProfilePhoto', id: given })
    check(taken.photo.videoSizes.some(size => size._ === 'videoSizeEmojiMarkup'), 'still drawn')
  })
}
