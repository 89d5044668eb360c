import { describe, expect, it } from 'vitest'
import { compilePattern } from '../../../local/events/pattern.ts'
import { anEvent } from './an-event.ts'

const event = anEvent('Participant Published', {
  resources: ['arn:1', 'arn:2'],
  detail: {
    event_name: 'Participant Published',
    n: 7,
    none: null,
    empty: '',
    deep: { a: [{ b: 1 }, { b: 2 }] },
    on: true,
  },
})

describe('compilePattern', () => {
  it.each<[string, object, boolean]>([
    ['a source', { source: ['aws.ivs'] }, true],
    ['another source', { source: ['aws.s3'] }, false],
    ['one of several types', { 'detail-type': ['IVS Other', 'IVS Stage Update'] }, true],
    ['a type in other letters', { 'detail-type': ['ivs stage update'] }, false],
    ['every field must fit', { source: ['aws.ivs'], 'detail-type': ['IVS Other'] }, false],
    ['one entry of a list', { resources: ['arn:2'] }, true],
    ['no entry of a list', { resources: ['arn:3'] }, false],
    ['a field in the detail', { detail: { event_name: ['Participant Published'] } }, true],
    ['fields in lists of objects', { detail: { deep: { a: { b: [2] } } } }, true],
    ['a field that is not there', { detail: { x: ['1'] } }, false],
    ['a map that is not there', { detail: { x: { y: ['1'] } } }, false],
    ['a number', { detail: { n: [7] } }, true],
    ['a number as text', { detail: { n: ['7'] } }, false],
    ['a truth', { detail: { on: [true] } }, true],
    ['null', { detail: { none: [null] } }, true],
    ['nothing is not null', { detail: { x: [null] } }, false],
    ['empty text', { detail: { empty: [''] } }, true],
    ['prefix', { detail: { event_name: [{ prefix: 'Participant ' }] } }, true],
    ['another prefix', { detail: { event_name: [{ prefix: 'Token ' }] } }, false],
    ['a prefix of a number', { detail: { n: [{ prefix: '7' }] } }, false],
    ['suffix', { detail: { event_name: [{ suffix: 'Published' }] } }, true],
    ['any case', { detail: { event_name: [{ 'equals-ignore-case': 'participant published' }] } }, true],
    ['exists', { detail: { n: [{ exists: true }] } }, true],
    ['exists, being null', { detail: { none: [{ exists: true }] } }, true],
    ['does not exist', { detail: { x: [{ exists: false }] } }, true],
    ['does not exist, deeper', { detail: { x: { y: [{ exists: false }] } } }, true],
    ['does not exist, but does', { detail: { n: [{ exists: false }] } }, false],
    ['a map is no value', { detail: { deep: [{ exists: true }] } }, false],
    ['anything but', { source: [{ 'anything-but': 'aws.s3' }] }, true],
    ['anything but this', { source: [{ 'anything-but': 'aws.ivs' }] }, false],
    ['anything but some', { source: [{ 'anything-but': ['aws.s3', 'aws.ivs'] }] }, false],
    ['anything but a prefix', { source: [{ 'anything-but': { prefix: 'aws.' } }] }, false],
    ['anything but, of nothing', { detail: { x: [{ 'anything-but': 'y' }] } }, false],
    ['a range', { detail: { n: [{ numeric: ['>', 0, '<=', 7] }] } }, true],
    ['out of a range', { detail: { n: [{ numeric: ['>', 0, '<', 7] }] } }, false],
    ['either', { $or: [{ source: ['aws.s3'] }, { detail: { n: [7] } }] }, true],
    ['neither', { $or: [{ source: ['aws.s3'] }, { detail: { n: [8] } }] }, false],
    ['one of a value and a rule', { detail: { n: [8, { numeric: ['=', 7] }] } }, true],
    ['a name every object has', { detail: { constructor: [{ exists: true }] } }, false],
  ])('%s', (_, pattern, expected) => {
    expect(compilePattern({ ...pattern }, 'p')(event)).toBe(expected)
  })

  it.each<[string, object, string]>([
    ['an operator it does not have', { source: [{ cidr: '10.0.0.0/24' }] }, 'cannot match by "cidr" (p.source)'],
    ['two operators in one', { source: [{ prefix: 'a', suffix: 'b' }] }, 'cannot match by'],
    ['a bare value', { detail: { x: 'y' } }, 'p.detail.x should be a list'],
    ['an empty list', { source: [] }, 'p.source matches nothing'],
    ['no comparison', { detail: { n: [{ numeric: ['about', 7] }] } }, 'p.detail.n is no numeric comparison'],
    ['nothing at all', {}, 'p is empty'],
  ])('refuses %s', (_, pattern, message) => {
    expect(() => compilePattern({ ...pattern }, 'p')).toThrow(message)
  })
})
