import type { Event } from './message.js';

/** The name under which an event is counted: strangers choose undocumented names. */
export function countedName(event: Event): string {
  return event.kind === 'other-event' && !event.isDocumented ? 'other' : event.event;
}

/**
 * Events of the API that are not about files, as its pages (`notifications/`) and public clients list them: name, then
 * the fields that a client lists, as `Shape` reads them; `*` if no client lists any. A signed-in client gets all of
 * them; none is a fault.
 */
export const OTHER_EVENTS: ReadonlyMap<string, string> = new Map(
  `
    NDIDeviceCreated deviceId displayName mixedType
    NDIDeviceDeleted deviceId displayName mixedType
    NDIStateChanged enabled
    abReceivedAfterLogin abook
    allSlidesCachingStopped
    allSlidesRemoved removedFromServer
    appSndDevChanged name description
    appUpdateAvailable *
    audioCapturerMute mute
    audioDelayDetectorTestStateChanged state delay
    audioRendererMute mute
    authorizationParametersChanged *
    availableServersListLoaded serverList
    backgroundImageChanged isCustomImage fileId
    blurChanged *
    broadcastPictureStateChanged running fileName fileId
    broadcastSelfieChanged enabled fps
    callHistoryCleared
    cameraStateChangedByConferenceOwner mute confId
    chatMessageSent peerId message
    cmdChatClear id
    commandReceived peerId command
    commandSent peerId command confId
    conferenceCreated confId confTitle confType conferenceOwner joinUrl
      realTimeConferenceManagmentUrl
    conferenceDeleted confId
    conferenceList cnt conferences succeed
    contactBlocked peerId peerDn
    contactUnblocked peerId peerDn
    contactsAdded contacts
    contactsDeleted contacts
    contactsRenamed contacts
    cropChanged cropImageStatus
    currentSlideIndexChanged currentIdx
    currentUserDisplayNameChanged peerDn
    currentUserProfileUrlChanged url
    customLogoUsageChanged use
    dataDeleted containerName
    dataSaved containerName data flag
    detailsInfo peerId peerDn firstName lastName mobilePhone workPhone homePhone company isEditable
    deviceModesDone videoCapturerName videoCapturerDescription modeList pinList activePin activeMode
      supportPTZ
    deviceStatusReceived peerId mic confId video
    downloadProgress *
    dsStarted captureId name
    dsStopped captureId
    enableAudioReceivingChanged peerId enable
    enableVideoReceivingChanged peerId enable
    extraVideoFlowNotify peerId confId extraVideo
    fileTransferPinChanged *
    groupChatMessageSent message
    groupsAdded groups
    groupsRemoved groups
    groupsRenamed groups
    hangUpPressed *
    hardwareChanged audioCapturers currentAudioCapturerName currentAudioCapturerDescription
      currentAudioCapturerType audioRenderers currentAudioRendererName
      currentAudioRendererDescription currentAudioRendererType videoCapturers
      currentVideoCapturerName currentVideoCapturerDescription currentVideoCapturerType
      DSCaptureList
    hookOffPressed *
    httpServerSettingChanged name value httpServerRestartNeededForApplying isPendingToBeApplied
      pendingValue
    httpServerStateChanged state
    imageAddedToCachingQueue name fileId
    imageRemovedFromCachingQueue name fileId
    incomingChatMessage peerId message time
    incomingGroupChatMessage peerId peerDn message time confId
    incomingPodiumInvitationRemoved confId reason
    incomingRequestCameraControlAccepted callId
    incomingRequestCameraControlRejected callId reason
    incomingRequestToPodiumAnswered peerId allow confId
    inviteReceived peerId peerDn type confId
    inviteRequestSent peerId peerDn
    inviteSent peerId peerDn confType confId
    joinToConferenceLinkReceived confId link
    lastCallsViewed lastView
    licenseActivation status tariff start_date end_date
    licenseStatusChanged pro start_date end_date
    login result peerId peerDn
    logoImageChanged isCustomImage fileId mode
    logout result cause
    micStateChangedByConferenceOwner mute confId
    monitorsInfoUpdated monitors currentMonitor
    myEvent data
    mySlideShowStarted title currentSlideIndex
    mySlideShowStopped
    mySlideShowTitleChanged newTitle
    newParticipantInConference peerId peerDn confId
    outgoingBitrateChanged bitrate
    outgoingRequestCameraControlAccepted callId
    outgoingRequestCameraControlRejected callId reason
    outputSelfVideoRotateAngleChanged rotateAngle
    participantLeftConference peerId
    peerAccepted peerId peerDn confId
    propertiesUpdated properties
    ptzControlsChanged pan tilt zoom videoCapturerName videoCapturerDescription
    realtimeManagmentUrlAvailabilityChanged available url confId
    realtimeManagmentUrlChanged url
    receiversInfoUpdated receivers confId
    recordRequest peerId peerDn confId
    recordRequestReply peerId recordAllowed confId
    rejectReceived cause peerId peerDn
    rejectSent peerId recordAllowed confId cause
    remarkCountDown timeout confId
    remotelyControlledCameraNotAvailableAnymore callId
    requestCameraControlReceived callId
    requestCameraControlSent callId
    requestInviteReceived peerId peerDn confId
    roleEventOccured peerId peerDn role type result broadcast confId
    serverConnected service server port domain
    serverDisconnected service server port
    settingsChanged name value
    showCurrentUserWidget show
    showIncomingRequestWidget
    showInfoConnect show
    showLogo show
    showTime show
    showUpcomingMeetings
    sleepModeChanged *
    slideAdded name fileId idx
    slideCached name fileId
    slideCachingStarted name fileId
    slidePositionChanged prevIdx newIdx name fileId
    slideRemoved idx removedFromServer
    slideShowAvailabilityChanged available
    slideShowCleared
    slideUploaded idx url
    slidesSorted slides
    smartMeetingModeChanged *
    stopCalling peerId side
    systemRatingUpdated videoQuality videoContentLevels
    tariffRestrictionsChanged tariffName p2p createMulti symMaxNumber asymMaxNumber roleMaxNumber
      rlMaxNumber canUseSlideShow canUseDesktopSharing canChangeAddressBook canEditGroups
      canUseDialer
    testAudioCapturerLevel lvl
    testAudioCapturerStateChanged started
    toneDial symbol confId callId
    updateAvatar peerId
    updateCameraInfo cameraWidth cameraHeight cameraFramerate sendWidth sendHeight format sendFormat
      sendFramerate stereo
    updateFailed *
    userPinEventOccurred *
    userRecordingMeStatusChanged peerId status confId
    usersAddedToGroups addedUsers
    usersRemovedFromGroups removedUsers
    usersStatusesChanged usersStatuses
    videoCapturerMute mute
    videoMatrixChanged matrixType mainWindowWidth mainWindowHeight selfViewMode participants
      externVideoSlots hiddenVideoSlots
    videoSlotMovedToMonitor callId peerDn monitorDisplayName monitorIdx monitorIsPrimary
    videoSlotRemovedFromMonitor callId monitorDisplayName monitorIdx monitorIsPrimary
    waitingRoomStateChanged *
    webManagerUrlChanged *
    windowStateChanged windowState stayOnTop
  `
    .trim()
    .split(/\n {4}(?! )/)
    .map((line) => {
      const [name = '', ...fields] = line.trim().split(/\s+/);
      return [name, fields.join(' ')];
    }),
);
